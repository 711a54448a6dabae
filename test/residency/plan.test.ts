import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MIB } from "../../src/base/units.js";
import type { Capability } from "../../src/catalog/manifest.js";
import { learn } from "../../src/residency/footprint.js";
import { inOrder, type PlannedModel, planWarmUp } from "../../src/residency/plan.js";
import { manifest } from "../fixtures/manifests.js";

const model = (id: string, mib: number, capability: Capability = "stt") =>
  manifest({ id, capability, title: id, memory: { loadPeakBytes: mib * MIB, steadyBytes: mib * MIB } });
const wanted = (
  each: ReturnType<typeof model>,
  instead: readonly ReturnType<typeof model>[] = [],
  priority = 0,
): PlannedModel => ({ manifest: each, reason: "preload_models", priority, instead });
const budget = (mib: number) => ({ bytes: mib * MIB, reason: "as configured" });
const none = () => undefined;

describe("planWarmUp", () => {
  it("puts small helpers first, then hearing, then speaking", () => {
    const plan = planWarmUp(
      [
        wanted(model("tts", 80, "tts")),
        wanted(model("stt", 100)),
        wanted(model("wake", 10, "wake")),
        wanted(model("vad", 5, "vad")),
      ],
      budget(1000),
      none,
    );
    expect(plan.loads.map((load) => load.model)).toEqual(["vad", "wake", "stt", "tts"]);
    expect(plan.totalBytes).toBe(1.25 * 195 * MIB);
    expect(plan.leftOut).toEqual([]);
  });

  it("goes by priority within a capability", () => {
    const order = inOrder([wanted(model("low", 1)), wanted(model("high", 1), [], 5)]);
    expect(order.map((each) => each.manifest.id)).toEqual(["high", "low"]);
  });

  it("takes the next smaller model where the wanted one does not fit, and says so", () => {
    const plan = planWarmUp(
      [wanted(model("big", 400), [model("middle", 300), model("small", 100)])],
      budget(200),
      none,
    );
    expect(plan.loads).toMatchObject([{ model: "small", insteadOf: "big", source: "estimated" }]);
    expect(plan.lines).toEqual([
      "Budget: 210 MB (as configured)",
      "1. small in the place of big, which does not fit: 131 MB, 3.0 s, estimated; preload_models; then 131 MB of 210 MB are taken",
      "Together: 131 MB of 210 MB, ready after 3.0 s",
    ]);
  });

  it("leaves out what does not fit and tells whether it ever could", () => {
    const plan = planWarmUp(
      [wanted(model("stt", 150)), wanted(model("tts", 100, "tts")), wanted(model("huge", 900, "tts"))],
      budget(200),
      none,
    );
    expect(plan.loads.map((load) => load.model)).toEqual(["stt"]);
    expect(plan.leftOut).toEqual([
      {
        model: "tts",
        title: "tts",
        why: "tts needs 131 MB, but only 13 MB are left: it loads at its first request and another leaves for it",
      },
      {
        model: "huge",
        title: "huge",
        why: "huge needs 1.2 GB, more than the whole budget of 210 MB: raise the budget or choose a smaller model",
      },
    ]);
  });

  it("changes when figures have been learned", () => {
    const models = [wanted(model("stt", 150)), wanted(model("tts", 100, "tts"))];
    const sample = {
      loadPeakBytes: 90 * MIB,
      steadyBytes: 70 * MIB,
      inferencePeakBytes: 80 * MIB,
      loadMs: 900,
      warmUpMs: 100,
    };
    const known = learn(undefined, sample, 0);
    const plan = planWarmUp(models, budget(200), () => known);
    expect(plan.loads.map((load) => load.model)).toEqual(["stt", "tts"]);
    expect(plan.loads[0]?.sentence).toBe(
      "stt: 86 MB (97 MB while it loads), 1.0 s, measured here; preload_models; then 86 MB of 210 MB are taken",
    );
    expect(plan.totalMs).toBe(2000);
  });

  it("sets more aside for models that were killed for want of memory", () => {
    expect(
      planWarmUp([wanted(model("stt", 150))], budget(200), none, { growthOf: () => 1.25 }).loads,
    ).toEqual([]);
  });

  it("counts the process that small models share once, for the first of them", () => {
    const shared = ["vad", "wake"].map((id) => wanted(model(id, 10, id as Capability)));
    const alone = planWarmUp(shared, budget(200), none);
    const together = planWarmUp(shared, budget(200), none, { isShared: () => true });
    expect(together.totalBytes - alone.totalBytes).toBe(16 * MIB);
    expect(together.loads[1]?.readyBytes).toBe(alone.loads[1]?.readyBytes);
  });

  it("loads nothing twice", () => {
    const small = model("small", 50);
    const plan = planWarmUp([wanted(model("big", 400), [small]), wanted(small)], budget(200), none);
    expect(plan.loads.map((load) => load.model)).toEqual(["small"]);
  });

  it("never plans beyond the budget, at any moment of the way", () => {
    const anyModel = fc.record({
      mib: fc.integer({ min: 1, max: 400 }),
      capability: fc.constantFrom<Capability>("stt", "tts", "vad", "wake"),
      smaller: fc.array(fc.integer({ min: 1, max: 200 }), { maxLength: 3 }),
    });
    fc.assert(
      fc.property(fc.array(anyModel, { maxLength: 8 }), fc.integer({ min: 50, max: 1000 }), (list, mib) => {
        const models = list.map(({ mib: size, capability, smaller }, index) =>
          wanted(
            model(`m${index}`, size, capability),
            smaller.map((each, rung) => model(`m${index}-${rung}`, each, capability)),
          ),
        );
        const plan = planWarmUp(models, budget(mib), none);
        for (const { totalBytes, readyBytes, loadBytes } of plan.loads) {
          expect(totalBytes - readyBytes + loadBytes).toBeLessThanOrEqual(mib * MIB);
        }
        expect(plan.loads.length + plan.leftOut.length).toBe(list.length);
      }),
    );
  });
});
