import { describe, expect, it } from "vitest";
import { ENGINE_RATE_HZ } from "../../src/engines/capability.js";
import { noise, speechLikeAudio, speechLikePieces } from "../../src/residency/speech-like-audio.js";

describe("speechLikeAudio", () => {
  const audio = speechLikeAudio(3 * ENGINE_RATE_HZ);

  it("is never silent for as long as a network looks at once", () => {
    for (let start = 0; start < audio.length; start += 160) {
      const loudest = Math.max(...audio.subarray(start, start + 160).map(Math.abs));
      expect(loudest).toBeGreaterThan(0);
    }
  });

  it("stays inside the range of audio, loud enough to be heard", () => {
    const loudest = audio.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
    expect(loudest).toBeGreaterThan(0.1);
    expect(loudest).toBeLessThan(1);
  });

  it("rises and falls as syllables do, with pauses", () => {
    const level = (start: number) =>
      Math.sqrt(audio.subarray(start, start + 400).reduce((sum, sample) => sum + sample ** 2, 0) / 400);
    const syllable = ENGINE_RATE_HZ / 4;
    expect(level(syllable / 2)).toBeGreaterThan(5 * level(0));
    // The fifth syllable is a pause.
    expect(level(4 * syllable + syllable / 2)).toBeLessThan(0.1 * level(syllable / 2));
  });

  it("is the same each time", () => {
    expect(speechLikeAudio(1000)).toEqual(audio.slice(0, 1000));
    expect(speechLikeAudio(0)).toEqual(new Float32Array(0));
  });

  it("goes on in the next piece where the last has ended", () => {
    const pieces = [...speechLikePieces(10_000, 4000)];
    expect(pieces.map(({ length }) => length)).toEqual([4000, 4000, 2000]);
    // All but the hiss, which starts anew.
    for (const [index, piece] of pieces.entries()) {
      for (const [at, sample] of piece.entries())
        expect(Math.abs(sample - (audio[4000 * index + at] ?? 0))).toBeLessThan(0.01);
    }
  });
});

describe("noise", () => {
  it("keeps to its level and has no direction", () => {
    const samples = noise(16_000, 0.01);
    expect(samples.every((sample) => Math.abs(sample) <= 0.01)).toBe(true);
    const mean = samples.reduce((sum, sample) => sum + sample, 0) / samples.length;
    expect(Math.abs(mean)).toBeLessThan(0.001);
  });
});
