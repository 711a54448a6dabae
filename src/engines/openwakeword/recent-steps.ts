import type { Heard } from "./speech-features.js";

interface Step {
  readonly frame: Float32Array;
  readonly after: Promise<Heard>;
}

/** Steps kept for others: two seconds of two streams that are not quite in time, 30 kB each. */
const KEPT = 64;

/**
 * Lets word models that listen to the same audio share the work of making features of it: whoever hears the same frame
 * with the same past gets what the first one made. Each stream goes on alone as soon as its audio is another.
 */
export class RecentSteps {
  /** The newest step from each state; oldest first. */
  readonly #steps = new Map<Heard, Step>();
  readonly #isUseful: () => boolean;

  /** @param isUseful false while nobody could hear the same: then nothing is kept */
  constructor(isUseful: () => boolean) {
    this.#isUseful = isUseful;
  }

  /** What follows from a frame after a state: as it was made for another stream, perhaps still in the making, or made now. */
  take(before: Heard, frame: Float32Array, make: () => Promise<Heard>): Promise<Heard> {
    const known = this.#steps.get(before);
    if (known && isSame(known.frame, frame)) return known.after;
    const after = make();
    if (this.#isUseful()) this.#keep(before, { frame: frame.slice(), after });
    else this.#steps.clear();
    return after;
  }

  #keep(before: Heard, step: Step): void {
    this.#steps.delete(before);
    this.#steps.set(before, step);
    for (const oldest of this.#steps.keys()) {
      if (this.#steps.size <= KEPT) break;
      this.#steps.delete(oldest);
    }
    // Whoever waits for it hears of the failure; the next one tries for itself.
    step.after.catch(() => {
      if (this.#steps.get(before) === step) this.#steps.delete(before);
    });
  }
}

function isSame(one: Float32Array, other: Float32Array): boolean {
  return one.length === other.length && one.every((sample, at) => Object.is(sample, other[at]));
}
