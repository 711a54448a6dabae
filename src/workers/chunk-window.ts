import { CHUNK_WINDOW } from "./protocol.js";

/** The worker's view of one synthesis: how many chunks it may still send before the consumer must take one. */
export class ChunkWindow {
  readonly #cancelled = new AbortController();
  #free = CHUNK_WINDOW;
  #wake: (() => void) | undefined;

  /** Aborts once the consumer has left. */
  get signal(): AbortSignal {
    return this.#cancelled.signal;
  }

  /** Waits for room. @returns false when the consumer has left. */
  async take(): Promise<boolean> {
    while (this.#free === 0 && !this.signal.aborted) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    this.#free -= 1;
    return !this.signal.aborted;
  }

  read(): void {
    this.#free += 1;
    this.#wake?.();
  }

  cancel(): void {
    this.#cancelled.abort();
    this.#wake?.();
  }
}
