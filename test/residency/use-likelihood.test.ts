import { describe, expect, it } from "vitest";
import { fadeHour, likelihoodOf, NEVER_USED, noteUse } from "../../src/residency/use-likelihood.js";

const DAY_MS = 86_400_000;

describe("likelihoodOf", () => {
  it("is certain right after a use and halves in ten minutes", () => {
    const used = noteUse(NEVER_USED, 1_000_000, 3);
    expect(likelihoodOf(used, 1_000_000, 15)).toBe(1);
    expect(likelihoodOf(used, 1_000_000 + 600_000, 15)).toBeCloseTo(0.5);
  });

  it("is small but not zero for a model nobody has used", () => {
    expect(likelihoodOf(NEVER_USED, 5, 12)).toBeGreaterThan(0);
    expect(likelihoodOf(NEVER_USED, 5, 12)).toBeLessThan(0.05);
  });

  it("knows the hour of a habit, and the hour before it", () => {
    let history = NEVER_USED;
    for (let day = 0; day < 14; day++) history = noteUse(history, day * DAY_MS, 7);
    const later = 30 * DAY_MS;
    expect(likelihoodOf(history, later, 7)).toBeGreaterThan(0.8);
    expect(likelihoodOf(history, later, 6)).toBeGreaterThan(0.4);
    expect(likelihoodOf(history, later, 14)).toBeLessThan(0.05);
  });

  it("forgets a habit that has ended", () => {
    let history = NEVER_USED;
    for (let day = 0; day < 14; day++) history = noteUse(history, day * DAY_MS, 7);
    for (let day = 0; day < 40; day++) history = fadeHour(history, 7);
    expect(likelihoodOf(history, 90 * DAY_MS, 7)).toBeLessThan(0.05);
  });
});
