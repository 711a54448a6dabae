import type { Clock, Timer } from "../base/clock.js";

/** A clock on the wall may be set while we wait, so that long waits are looked at again. */
const LONGEST_WAIT_MS = 3_600_000;

/** Calls back a while before each run of something that runs again and again. */
export class Alarm {
  readonly #clock: Clock;
  readonly #leadMs: number;
  readonly #nextRun: () => Date | undefined;
  readonly #ring: () => void;
  #timer: Timer | undefined;

  /**
   * Runs from now on.
   * @param options.nextRun asked again after each run; undefined ends it
   */
  constructor(options: {
    readonly clock: Clock;
    readonly leadMs: number;
    readonly nextRun: () => Date | undefined;
    readonly ring: () => void;
  }) {
    this.#clock = options.clock;
    this.#leadMs = options.leadMs;
    this.#nextRun = options.nextRun;
    this.#ring = options.ring;
    this.#wait();
  }

  close(): void {
    this.#timer?.cancel();
  }

  #wait(): void {
    const runMs = this.#nextRun()?.getTime();
    if (runMs === undefined) return;
    const waitMs = Math.max(0, runMs - this.#leadMs - this.#clock.nowMs());
    if (waitMs > LONGEST_WAIT_MS) {
      this.#timer = this.#clock.after(LONGEST_WAIT_MS, () => this.#wait());
      return;
    }
    this.#timer = this.#clock.after(waitMs, () => {
      this.#ring();
      // Not before this run is over: it would be the next one still.
      this.#timer = this.#clock.after(Math.max(0, runMs - this.#clock.nowMs()) + 1000, () => this.#wait());
    });
  }
}
