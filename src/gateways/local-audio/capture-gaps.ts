/** What was lost of a recording. */
export interface Gap {
  readonly lostMs: number;
}

/** Sound is late for this long before what never came counts as lost: a busy machine catches up within it. */
const WINDOW_MS = 2_000;
/** Less than this is the clocks of sound card and computer disagreeing, or a piece that comes just now. */
const LEAST_MS = 60;

/**
 * Notices lost sound by counting: a microphone gives as much of it as time passes. Late sound is none lost, so the least
 * delay within a window counts, and only where it has grown since the window before.
 */
export class CaptureGaps {
  #startMs: number | undefined;
  #soundMs = 0;
  #windowEndMs = 0;
  #leastMs = Number.POSITIVE_INFINITY;
  #baseMs: number | undefined;

  /**
   * Takes note of a piece that has arrived.
   * @param nowMs of a clock that never goes back
   * @param pieceMs how long the piece sounds
   * @returns a gap that is sure by now
   */
  note(nowMs: number, pieceMs: number): Gap | undefined {
    if (this.#startMs === undefined) {
      // Counts from the begin of the first piece.
      this.#startMs = nowMs - pieceMs;
      this.#windowEndMs = nowMs + WINDOW_MS;
    }
    this.#soundMs += pieceMs;
    this.#leastMs = Math.min(this.#leastMs, nowMs - this.#startMs - this.#soundMs);
    if (nowMs < this.#windowEndMs) return undefined;
    const delayMs = this.#leastMs;
    const grownMs = delayMs - (this.#baseMs ?? delayMs);
    // Follows slow clocks both ways, and starts anew after a gap.
    this.#baseMs = delayMs;
    this.#leastMs = Number.POSITIVE_INFINITY;
    this.#windowEndMs = nowMs + WINDOW_MS;
    return grownMs >= LEAST_MS ? { lostMs: Math.round(grownMs) } : undefined;
  }
}
