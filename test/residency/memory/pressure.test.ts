import { describe, expect, it } from "vitest";
import { GIB, MIB } from "../../../src/base/units.js";
import type { MemoryConditions } from "../../../src/residency/memory/memory-probe.js";
import {
  CALM_MS,
  decidePressure,
  NO_PRESSURE,
  type PressureState,
  strainIn,
} from "../../../src/residency/memory/pressure.js";

const COUNTERS = { oomKills: 0, fileRefaults: 0, majorFaults: 0 };
const left = (availableBytes: number): MemoryConditions => ({
  machine: { totalBytes: 4 * GIB, availableBytes },
  counters: COUNTERS,
});
const psi = (somePercent: number, fullPercent: number): MemoryConditions => ({
  ...left(2 * GIB),
  pressure: { somePercent, fullPercent },
});

describe("strainIn", () => {
  it("sees nothing wrong on a machine that is well", () => {
    expect(strainIn(psi(9, 4), 0)).toBeUndefined();
    expect(strainIn(left(1 * GIB), 500)).toBeUndefined();
    expect(strainIn({ counters: COUNTERS }, 0)).toBeUndefined();
  });

  it("reads the kernel's pressure where there is any", () => {
    expect(strainIn(psi(11, 0), 0)).toEqual({
      severe: false,
      why: "programs waited for memory 11 % of the time",
    });
    expect(strainIn(psi(40, 6), 0)).toMatchObject({ severe: true });
  });

  it("goes by what is left and by thrashing where there is none", () => {
    expect(strainIn(left(400 * MIB), 0)).toEqual({ severe: false, why: "the machine has only 419 MB left" });
    expect(strainIn(left(150 * MIB), 0)).toMatchObject({ severe: true });
    expect(strainIn(left(3 * GIB), 5000)).toBeUndefined();
    expect(strainIn(left(0.9 * GIB), 5000)).toMatchObject({
      severe: false,
      why: expect.stringContaining("read again"),
    });
  });
});

describe("decidePressure", () => {
  const mild = { severe: false, why: "mild" };
  const severe = { severe: true, why: "severe" };
  const walk = (strains: readonly (typeof mild | undefined)[], stepMs = 2000): PressureState =>
    strains.reduce((state, strain, index) => decidePressure(state, strain, index * stepMs), NO_PRESSURE);

  it("is careful at the first sign and acts at the second", () => {
    expect(walk([mild]).level).toBe("careful");
    expect(walk([severe]).level).toBe("careful");
    expect(walk([mild, mild]).level).toBe("shed");
    expect(walk([mild, severe]).level).toBe("shed-all");
  });

  it("stops acting when the signs stop, but stays careful for 30 s", () => {
    const relieved = walk([mild, mild, undefined]);
    expect(relieved.level).toBe("careful");
    expect(decidePressure(relieved, undefined, 4000 + CALM_MS - 1).level).toBe("careful");
    expect(decidePressure(relieved, undefined, 4000 + CALM_MS).level).toBe("none");
  });

  it("starts the 30 s anew with each sign", () => {
    let state = walk([mild, undefined]);
    state = decidePressure(state, mild, 20_000);
    state = decidePressure(state, undefined, 22_000);
    expect(decidePressure(state, undefined, 40_000).level).toBe("careful");
    expect(decidePressure(state, undefined, 52_000).level).toBe("none");
  });
});
