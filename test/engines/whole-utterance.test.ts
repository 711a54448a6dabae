import { describe, expect, it } from "vitest";
import { WholeUtterance } from "../../src/engines/whole-utterance.js";

/** Tells of each piece how long it is and what it begins with. */
function utterance(maxSamples: number) {
  return new WholeUtterance({
    maxSamples,
    decode: async (samples) =>
      samples[0] === 0
        ? { text: "" }
        : { text: `${samples.length}`, language: "en", confidence: samples[0] ?? 0 },
  });
}

describe("WholeUtterance", () => {
  it("hands over all audio at once, in order", async () => {
    const speech = utterance(100);
    await speech.accept(new Float32Array(30).fill(0.5));
    await speech.accept(new Float32Array(12));
    expect(await speech.finish()).toEqual({ text: "42", language: "en", confidence: 0.5 });
  });

  it("cuts what is too long, and is as sure as of the least sure part", async () => {
    const speech = utterance(100);
    await speech.accept(new Float32Array(100).fill(0.75));
    await speech.accept(new Float32Array(100));
    await speech.accept(new Float32Array(50).fill(0.25));
    expect(await speech.finish()).toEqual({ text: "100 50", language: "en", confidence: 0.25 });
  });

  it("does not trouble the engine without audio", async () => {
    expect(await utterance(100).finish()).toEqual({ text: "" });
    const cancelled = utterance(100);
    await cancelled.accept(new Float32Array(10).fill(1));
    await cancelled.cancel();
    expect(await cancelled.finish()).toEqual({ text: "" });
  });
});
