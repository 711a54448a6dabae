import { type Clock, sleep } from "../../base/clock.js";

/** Keeps the average rate of all transfers under a cap, so that a download does not starve the household. */
export class Throttle {
  readonly #clock: Clock;
  readonly #bytesPerSecond: number | undefined;
  /** When the bytes taken so far are paid for. */
  #paidAtMs = 0;

  /** @param bytesPerSecond absent means no cap. */
  constructor(clock: Clock, bytesPerSecond: number | undefined) {
    this.#clock = clock;
    this.#bytesPerSecond = bytesPerSecond;
  }

  /** Resolves once `bytes` more may be read; at once without a cap. */
  async take(bytes: number, signal: AbortSignal): Promise<void> {
    if (this.#bytesPerSecond === undefined) return;
    const nowMs = this.#clock.monotonicMs();
    this.#paidAtMs = Math.max(this.#paidAtMs, nowMs) + (bytes / this.#bytesPerSecond) * 1000;
    await sleep(this.#clock, this.#paidAtMs - nowMs, signal);
  }
}
