import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MIB } from "../../src/base/units.js";
import {
  type Footprint,
  type FootprintSample,
  learn,
  learnPeak,
  needOf,
  reloadMsOf,
} from "../../src/residency/footprint.js";

const CATALOG = { loadPeakBytes: 200 * MIB, steadyBytes: 100 * MIB };
const SAMPLE: FootprintSample = {
  loadPeakBytes: 180 * MIB,
  steadyBytes: 90 * MIB,
  inferencePeakBytes: 120 * MIB,
  loadMs: 1000,
  warmUpMs: 500,
};

describe("needOf", () => {
  it("takes the catalog's figures with a margin as long as nothing was measured", () => {
    expect(needOf(undefined, CATALOG)).toEqual({
      loadBytes: 250 * MIB,
      readyBytes: 125 * MIB,
      source: "estimated",
    });
  });

  it("takes what was measured and a little more, and the peak of inference for a ready model", () => {
    expect(needOf(learn(undefined, SAMPLE, 1), CATALOG)).toEqual({
      loadBytes: Math.ceil(1.03 * 180 * MIB),
      readyBytes: Math.ceil(1.03 * 120 * MIB),
      source: "learned",
    });
  });

  it("asks for more after the kernel has killed the model", () => {
    expect(needOf(learn(undefined, SAMPLE, 1), CATALOG, 1.25).loadBytes).toBe(
      Math.ceil(1.25 * 1.03 * 180 * MIB),
    );
    expect(needOf(undefined, CATALOG, 1.25).loadBytes).toBe(312.5 * MIB);
  });

  it("never promises less for loading than for being ready", () => {
    const bytes = fc.integer({ min: 0, max: 4e9 });
    fc.assert(
      fc.property(bytes, bytes, bytes, (loadPeakBytes, steadyBytes, inferencePeakBytes) => {
        const sample = { ...SAMPLE, loadPeakBytes, steadyBytes, inferencePeakBytes };
        const need = needOf(learn(undefined, sample, 1), CATALOG);
        expect(need.loadBytes).toBeGreaterThanOrEqual(need.readyBytes);
        expect(need.readyBytes).toBeGreaterThanOrEqual(Math.max(steadyBytes, inferencePeakBytes));
      }),
    );
  });
});

describe("learn", () => {
  it("moves the average towards the newest sample and keeps the highest", () => {
    const first = learn(undefined, SAMPLE, 1);
    const second = learn(first, { ...SAMPLE, loadMs: 2000, steadyBytes: 190 * MIB }, 2);
    expect(second).toMatchObject({ samples: 2, updatedAtMs: 2, loadMs: { average: 1300, max: 2000 } });
    expect(second.steadyBytes).toEqual({ average: 120 * MIB, max: 190 * MIB });
  });

  it("lets an odd peak fade", () => {
    let known: Footprint = learn(undefined, { ...SAMPLE, loadPeakBytes: 1000 * MIB }, 0);
    for (let load = 1; load <= 30; load++) known = learn(known, SAMPLE, load);
    expect(known.loadPeakBytes.max).toBeLessThan(225 * MIB);
    expect(known.loadPeakBytes.max).toBeGreaterThanOrEqual(SAMPLE.loadPeakBytes);
  });

  it("is never below the newest sample, whatever came before", () => {
    const bytes = fc.array(fc.integer({ min: 1, max: 4e9 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(bytes, (peaks) => {
        let known: Footprint | undefined;
        for (const inferencePeakBytes of peaks) known = learn(known, { ...SAMPLE, inferencePeakBytes }, 0);
        const { average, max } = known?.inferencePeakBytes ?? { average: -1, max: -1 };
        expect(max).toBeGreaterThanOrEqual(peaks.at(-1) ?? 0);
        expect(max).toBeLessThanOrEqual(Math.max(...peaks));
        expect(average).toBeGreaterThanOrEqual(Math.min(...peaks) - 1);
        expect(average).toBeLessThanOrEqual(Math.max(...peaks) + 1);
      }),
    );
  });

  it("keeps optional figures when a later sample lacks them", () => {
    const known = learn(undefined, { ...SAMPLE, rtf: 0.2, secondMs: 300 }, 1);
    expect(learn(known, SAMPLE, 2)).toMatchObject({
      rtf: { average: 0.2, max: 0.2 },
      secondMs: { max: 300 },
    });
    expect("rtf" in learn(undefined, SAMPLE, 1)).toBe(false);
  });
});

describe("learnPeak", () => {
  it("raises the highest point only", () => {
    const known = learn(undefined, SAMPLE, 1);
    expect(learnPeak(known, 300 * MIB).inferencePeakBytes).toEqual({ average: 120 * MIB, max: 300 * MIB });
    expect(learnPeak(known, 1).inferencePeakBytes.max).toBe(120 * MIB);
  });
});

describe("reloadMsOf", () => {
  it("takes the measured time to an answer, else a guess that grows with size", () => {
    expect(reloadMsOf(learn(undefined, SAMPLE, 1), CATALOG)).toBe(1500);
    expect(reloadMsOf(undefined, { ...CATALOG, steadyBytes: 400 * MIB })).toBeGreaterThan(
      reloadMsOf(undefined, CATALOG),
    );
  });
});
