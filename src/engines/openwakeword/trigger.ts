import type { WakeOptions } from "../capability.js";

/** Decides from one word's scores, frame by frame, when it was said. Pure but for its own memory. */
export class Trigger {
  readonly #options: Pick<WakeOptions, "threshold" | "triggerLevel" | "refractoryMs">;
  #above = 0;
  #quietUntilMs = Number.NEGATIVE_INFINITY;

  constructor(options: Pick<WakeOptions, "threshold" | "triggerLevel" | "refractoryMs">) {
    this.#options = options;
  }

  /**
   * @param score of the frame, 0 to 1
   * @param atMs end of the frame, milliseconds of audio
   * @returns true when the word was said now
   */
  isPulled(score: number, atMs: number): boolean {
    const { threshold, triggerLevel, refractoryMs } = this.#options;
    this.#above = score >= threshold ? this.#above + 1 : 0;
    if (this.#above < Math.max(1, triggerLevel) || atMs < this.#quietUntilMs) return false;
    this.#above = 0;
    this.#quietUntilMs = atMs + refractoryMs;
    return true;
  }
}
