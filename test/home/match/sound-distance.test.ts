import { describe, expect, it } from "vitest";
import { soundDistance } from "../../../src/home/match/sound-distance.js";

describe("soundDistance", () => {
  it("is nothing for the same word and little for another spelling of it", () => {
    expect(soundDistance("light", "light")).toBe(0);
    expect(soundDistance("phone", "fone")).toBeLessThan(0.1);
    expect(soundDistance("colour", "color")).toBeLessThan(0.2);
    expect(soundDistance("étage", "etage")).toBeLessThan(0.1);
  });

  it("is small for words that are easily taken for one another", () => {
    expect(soundDistance("lights", "light")).toBeLessThan(0.3);
    expect(soundDistance("лампу", "лампа")).toBeLessThan(0.3);
  });

  it("is large for words with nothing in common, the same both ways, and never above 1", () => {
    for (const [one, other] of [
      ["kitchen", "pause"],
      ["on", "off"],
      ["", "light"],
      ["шторы", "music"],
    ] as const) {
      expect(soundDistance(one, other)).toBeGreaterThan(0.4);
      expect(soundDistance(one, other)).toBeLessThanOrEqual(1);
      expect(soundDistance(one, other)).toBeCloseTo(soundDistance(other, one), 5);
    }
  });
});
