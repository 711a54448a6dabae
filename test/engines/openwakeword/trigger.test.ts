import { describe, expect, it } from "vitest";
import { Trigger } from "../../../src/engines/openwakeword/trigger.js";

/** Frames, 80 ms each, at which the trigger is pulled. */
const pulls = (scores: readonly number[], options: Partial<ConstructorParameters<typeof Trigger>[0]>) => {
  const trigger = new Trigger({ threshold: 0.5, triggerLevel: 1, refractoryMs: 0, ...options });
  return scores.flatMap((score, frame) => (trigger.isPulled(score, (frame + 1) * 80) ? [frame] : []));
};

describe("Trigger", () => {
  it("is pulled by a score at the threshold and not below", () => {
    expect(pulls([0.49, 0.5, 0.2], {})).toEqual([1]);
  });

  it("waits for as many frames in a row as the trigger level says", () => {
    expect(pulls([0.9, 0.1, 0.9, 0.9, 0.9, 0.9], { triggerLevel: 3 })).toEqual([4]);
  });

  it("stays quiet through the refractory time, counted in audio", () => {
    const loud = Array.from({ length: 12 }, () => 0.9);
    expect(pulls(loud, { refractoryMs: 400 })).toEqual([0, 5, 10]);
  });

  it("takes a trigger level of nothing for one frame", () => {
    expect(pulls([0.1, 0.9], { triggerLevel: 0 })).toEqual([1]);
  });
});
