import { SessionError } from "../base/errors.js";

interface Waiting {
  readonly start: () => void;
  readonly group: string;
}

/** Groups whose last turn is remembered; one forgotten counts as never served. */
const REMEMBERED_GROUPS = 64;

/**
 * A bounded number of places for work that keeps the processor busy. Groups (peers) take turns: the one served longest
 * ago comes first, so that a peer with many requests does not hold up the others.
 */
export class Slots {
  readonly #places: number;
  readonly #maxWaiting: number;
  readonly #waiting: Waiting[] = [];
  /** Groups in the order of their last turn, oldest first. */
  #served: readonly string[] = [];
  #busy = 0;

  constructor({ places, maxWaiting }: { places: number; maxWaiting: number }) {
    this.#places = places;
    this.#maxWaiting = maxWaiting;
  }

  /**
   * Runs the work when a place is free.
   * @throws {SessionError} `busy` when too many wait already; the signal's reason when it aborts before the start
   */
  async run<T>(group: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    await this.#enter(group, signal);
    try {
      // The abort may have come between the turn and here.
      signal.throwIfAborted();
      return await work();
    } finally {
      this.#leave();
    }
  }

  async #enter(group: string, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#busy < this.#places) {
      this.#busy += 1;
      this.#remember(group);
      return;
    }
    if (this.#waiting.length >= this.#maxWaiting) {
      throw new SessionError(
        "busy",
        `${this.#maxWaiting} requests are waiting already. Try again in a moment, or use a smaller model.`,
      );
    }
    await new Promise<void>((resolve, reject) => {
      const onAbort = () => {
        this.#waiting.splice(this.#waiting.indexOf(entry), 1);
        reject(signal.reason);
      };
      const start = () => {
        signal.removeEventListener("abort", onAbort);
        resolve();
      };
      const entry: Waiting = { group, start };
      this.#waiting.push(entry);
      signal.addEventListener("abort", onAbort, { once: true });
    });
  }

  /** Hands the place on, or frees it when nobody waits. */
  #leave(): void {
    let turn = 0;
    let oldest = Number.POSITIVE_INFINITY;
    for (const [index, { group }] of this.#waiting.entries()) {
      const age = this.#served.indexOf(group);
      if (age < oldest) {
        oldest = age;
        turn = index;
      }
    }
    const [next] = this.#waiting.splice(turn, 1);
    if (!next) {
      this.#busy -= 1;
      return;
    }
    this.#remember(next.group);
    next.start();
  }

  #remember(group: string): void {
    this.#served = [...this.#served.filter((other) => other !== group), group].slice(-REMEMBERED_GROUPS);
  }
}
