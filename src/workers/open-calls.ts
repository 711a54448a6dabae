import type { Clock, Timer } from "../base/clock.js";
import { SessionError } from "../base/errors.js";

interface OpenCall {
  readonly limitMs: number;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
  /** When the wait began; undefined while it is our turn, not the worker's. */
  waiting: { readonly sinceMs: number; readonly timer: Timer } | undefined;
}

/** The calls a worker has not answered yet: bounded in number, each with its own limit. */
export class OpenCalls {
  readonly #clock: Clock;
  readonly #max: number;
  readonly #onLate: (waitedMs: number) => void;
  readonly #open = new Map<number, OpenCall>();
  #lastId = 0;

  /** @param onLate told when a call has waited longer than its limit; the call stays open until it is failed. */
  constructor(options: { clock: Clock; max: number; onLate: (waitedMs: number) => void }) {
    this.#clock = options.clock;
    this.#max = options.max;
    this.#onLate = options.onLate;
  }

  /** @throws {SessionError} `busy` when too many are open. */
  open(limitMs: number): { readonly id: number; readonly result: Promise<unknown> } {
    if (this.#open.size >= this.#max) {
      throw new SessionError(
        "busy",
        `The worker already has ${this.#max} requests waiting; try again later.`,
      );
    }
    const id = ++this.#lastId;
    const result = new Promise<unknown>((resolve, reject) => {
      this.#open.set(id, { limitMs, resolve, reject, waiting: undefined });
    });
    this.restart(id);
    return { id, result };
  }

  resolve(id: number, result: unknown): void {
    this.#take(id)?.resolve(result);
  }

  reject(id: number, error: Error): void {
    this.#take(id)?.reject(error);
  }

  rejectAll(error: Error): void {
    for (const id of [...this.#open.keys()]) this.reject(id, error);
  }

  /** The worker gave a sign of life for this call: its wait begins anew. */
  restart(id: number): void {
    const call = this.#open.get(id);
    if (!call) return;
    call.waiting?.timer.cancel();
    const timer = this.#clock.after(call.limitMs, () => this.#onLate(call.limitMs));
    call.waiting = { sinceMs: this.#clock.monotonicMs(), timer };
  }

  /** The worker waits for us: time does not count against it. */
  pause(id: number): void {
    const call = this.#open.get(id);
    call?.waiting?.timer.cancel();
    if (call) call.waiting = undefined;
  }

  /** Milliseconds the oldest unanswered call has waited; 0 with none. */
  oldestMs(): number {
    const now = this.#clock.monotonicMs();
    return Math.max(
      0,
      ...[...this.#open.values()].map(({ waiting }) => (waiting ? now - waiting.sinceMs : 0)),
    );
  }

  #take(id: number): OpenCall | undefined {
    const call = this.#open.get(id);
    call?.waiting?.timer.cancel();
    this.#open.delete(id);
    return call;
  }
}
