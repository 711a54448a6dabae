import { describe, expect, it } from "vitest";
import { concatSamples, Resampler, resample } from "../../src/audio/resample.js";
import { levelDb, signalToNoiseDb, sine } from "../fixtures/tones.js";

/** Samples at each end where the missing past and future weigh in. */
const EDGE = 120;

describe("Resampler", () => {
  const pairs: readonly [number, number, number][] = [
    [8_000, 16_000, 1_000],
    [8_000, 16_000, 3_200],
    [11_025, 16_000, 1_000],
    [12_000, 16_000, 4_500],
    [16_000, 22_050, 6_500],
    [22_050, 16_000, 1_000],
    [22_050, 16_000, 6_500],
    [24_000, 16_000, 440],
    [32_000, 16_000, 6_500],
    [44_100, 16_000, 997],
    [44_100, 16_000, 6_500],
    [44_099, 16_000, 3_000],
    [48_000, 16_000, 100],
    [48_000, 16_000, 6_500],
    [96_000, 16_000, 5_000],
    [95_999, 16_000, 5_000],
    [16_000, 48_000, 6_000],
    [22_050, 24_000, 8_000],
    [16_000, 8_000, 3_000],
  ];
  it.each(pairs)(
    "keeps a sine from %i to %i Hz (%i Hz) at 60 dB over its error or better",
    (from, to, hertz) => {
      const seconds = 0.4;
      const output = resample(sine(hertz, from, Math.round(from * seconds), { phase: 0.3 }), from, to);
      const expected = sine(hertz, to, output.length, { phase: 0.3 });
      expect(signalToNoiseDb(output, expected, EDGE)).toBeGreaterThan(60);
    },
  );

  it.each([
    [48_000, 16_000, 9_000],
    [44_100, 16_000, 15_000],
    [22_050, 16_000, 8_500],
    [96_000, 16_000, 40_000],
  ])("silences from %i to %i Hz what the new rate cannot hold (%i Hz)", (from, to, hertz) => {
    const output = resample(sine(hertz, from, from / 2), from, to);
    expect(levelDb(output, EDGE)).toBeLessThan(-70);
  });

  it.each([
    [44_100, 16_000],
    [8_000, 16_000],
    [44_099, 16_000],
    [16_000, 22_050],
  ])("gives the same from %i to %i Hz however the input is cut", (from, to) => {
    const input = sine(700, from, 4_000);
    const whole = resample(input, from, to);
    for (const size of [1, 17, 160, 1_023]) {
      const resampler = new Resampler(from, to);
      const pieces: Float32Array[] = [];
      for (let i = 0; i < input.length; i += size) pieces.push(resampler.push(input.subarray(i, i + size)));
      expect(concatSamples([...pieces, resampler.flush()])).toEqual(whole);
    }
  });

  it.each([
    [44_100, 16_000, 44_100],
    [44_100, 16_000, 1],
    [8_000, 16_000, 999],
    [96_000, 16_000, 5],
    [44_099, 16_000, 12_345],
  ])("from %i to %i Hz makes of %3$i samples exactly as many as the ratio says", (from, to, samples) => {
    expect(resample(new Float32Array(samples), from, to)).toHaveLength(Math.ceil((samples * to) / from));
  });

  it("passes a constant unchanged", () => {
    const output = resample(new Float32Array(4_410).fill(0.5), 44_100, 16_000).subarray(EDGE, -EDGE);
    for (const sample of output) expect(sample).toBeCloseTo(0.5, 5);
  });

  it("passes equal rates through untouched", () => {
    const input = sine(440, 16_000, 100);
    expect(resample(input, 16_000, 16_000)).toEqual(input);
  });

  it("starts afresh after flush", () => {
    const resampler = new Resampler(22_050, 16_000);
    const input = sine(440, 22_050, 2_000);
    const once = concatSamples([resampler.push(input), resampler.flush()]);
    expect(concatSamples([resampler.push(input), resampler.flush()])).toEqual(once);
  });

  it("holds no more than a few milliseconds back", () => {
    const resampler = new Resampler(48_000, 16_000);
    const output = resampler.push(new Float32Array(48_000));
    expect(16_000 - output.length).toBeLessThan(0.005 * 16_000);
  });
});
