import { describe, expect, it } from "vitest";
import { LIMITS, patientLimit } from "../../src/residency/residency-options.js";

describe("the bound of a wait", () => {
  it("is ours where users wait as long as for any load", () => {
    expect(patientLimit(LIMITS.warmUpMs, 120_000)).toBe(LIMITS.warmUpMs);
    expect(patientLimit(60_000, LIMITS.longestLoadMs)).toBe(60_000);
  });

  it("is theirs where they wait longer, as on a machine that is emulated", () => {
    expect(patientLimit(LIMITS.warmUpMs, 1_800_000)).toBe(1_800_000);
    expect(patientLimit(2_000_000, 1_800_000)).toBe(2_000_000);
  });
});
