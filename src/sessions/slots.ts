import { SessionError } from "../base/errors.js";

interface Waiting {
  readonly start: () => void;
  readonly group: string;
}

/**
 * A bounded number of places for work that keeps the processor busy. Who waits is served in turn by group (peer), so
 * that one peer with many requests does not hold up the others.
 */
export class Slots {
  readonly #places: number;
  readonly #maxWaiting: number;
  readonly #waiting: Waiting[] = [];
  #busy = 0;
  #lastGroup = "";

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
      return await work();
    } finally {
      this.#leave();
    }
  }

  #enter(group: string, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#busy < this.#places) {
      this.#busy += 1;
      return Promise.resolve();
    }
    if (this.#waiting.length >= this.#maxWaiting) {
      throw new SessionError(
        "busy",
        `${this.#maxWaiting} requests are waiting already. Try again in a moment, or use a smaller model.`,
      );
    }
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        const index = this.#waiting.indexOf(entry);
        if (index >= 0) this.#waiting.splice(index, 1);
        reject(signal.reason);
      };
      const entry: Waiting = {
        group,
        start: () => {
          signal.removeEventListener("abort", onAbort);
          resolve();
        },
      };
      this.#waiting.push(entry);
      signal.addEventListener("abort", onAbort, { once: true });
    });
  }

  /** Hands the place on: to the longest waiting of another group than the last served, else to the longest waiting. */
  #leave(): void {
    const other = this.#waiting.findIndex(({ group }) => group !== this.#lastGroup);
    const [next] = this.#waiting.splice(Math.max(other, 0), 1);
    if (!next) {
      this.#busy -= 1;
      return;
    }
    this.#lastGroup = next.group;
    next.start();
  }
}
