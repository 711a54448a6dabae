import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { evenPieces, type SegmentOptions, segmentSpeech } from "../../src/sessions/segment-speech.js";

const FRAME = 100;
const options = (change: Partial<SegmentOptions> = {}): SegmentOptions => ({
  threshold: 0.5,
  frameSamples: FRAME,
  marginSamples: 0,
  joinSamples: 0,
  maxSamples: Number.POSITIVE_INFINITY,
  ...change,
});

/** `.` is silence, `x` speech, a digit tenths of certainty; one character a frame. */
const heard = (text: string) =>
  Float32Array.from(text, (frame) => (frame === "x" ? 1 : frame === "." ? 0 : Number(frame) / 10));

describe("segmentSpeech", () => {
  it.each([
    ["finds nothing in silence", "......", {}, []],
    ["cuts silence at both ends", "..xxx..", {}, [[200, 500]]],
    ["keeps a margin", "..xxx..", { marginSamples: 50 }, [[150, 550]]],
    ["keeps margins inside the utterance", "xxx", { marginSamples: 500 }, [[0, 300]]],
    ["keeps short pauses", "xx.xx", { joinSamples: 100 }, [[0, 500]]],
    // biome-ignore format: one case, one line
    ["leaves out long pauses", "xx..xx", { joinSamples: 100 }, [[0, 200], [400, 600]]],
    // biome-ignore format: one case, one line
    ["lets two margins share a pause", "xx..xx", { marginSamples: 500 }, [[0, 300], [300, 600]]],
    ["counts a frame at the threshold", ".5.", {}, [[100, 200]]],
    ["does not count a frame below it", ".4.", {}, []],
    // biome-ignore format: one case, one line
    ["cuts long speech in the middle", "xxxxxxxx", { maxSamples: 500 }, [[0, 350], [350, 800]]],
    // biome-ignore format: one case, one line
    ["cuts at the quietest moment", "xxxxxxxxxxxxxxxxxx6666666xxxxxxxxxxxxx", { maxSamples: 3000 }, [[0, 2150], [2150, 3800]]],
  ] as [string, string, Partial<SegmentOptions>, number[][]][])("%s", (_, text, change, expected) => {
    const segments = segmentSpeech(heard(text), text.length * FRAME, options(change));
    expect(segments.map(({ from, to }) => [from, to])).toEqual(expected);
  });

  const cases = fc
    .record({
      probabilities: fc.array(fc.float({ min: 0, max: 1, noNaN: true }), { maxLength: 400 }),
      rest: fc.nat(600),
      frameSamples: fc.integer({ min: 1, max: 600 }),
      threshold: fc.float({ min: Math.fround(0.05), max: Math.fround(0.95), noNaN: true }),
      marginSamples: fc.nat(2000),
      joinSamples: fc.nat(2000),
      maxSamples: fc.integer({ min: 1, max: 50_000 }),
    })
    .map(({ probabilities, rest, ...given }) => ({
      probabilities: Float32Array.from(probabilities),
      length: probabilities.length * given.frameSamples + Math.min(rest, given.frameSamples - 1),
      given,
    }));

  it("yields pieces in order, apart, inside the utterance, none empty", () => {
    fc.assert(
      fc.property(cases, ({ probabilities, length, given }) => {
        let end = 0;
        for (const { from, to } of segmentSpeech(probabilities, length, given)) {
          expect(Number.isInteger(from) && Number.isInteger(to)).toBe(true);
          expect(from).toBeGreaterThanOrEqual(end);
          expect(to).toBeGreaterThan(from);
          end = to;
        }
        expect(end).toBeLessThanOrEqual(length);
      }),
    );
  });

  it("never yields a piece longer than the engine does well", () => {
    fc.assert(
      fc.property(cases, ({ probabilities, length, given }) => {
        for (const { from, to } of segmentSpeech(probabilities, length, given)) {
          expect(to - from).toBeLessThanOrEqual(given.maxSamples);
        }
      }),
    );
  });

  it("leaves out no sample of a frame that is speech", () => {
    fc.assert(
      fc.property(cases, ({ probabilities, length, given }) => {
        const covered = new Uint8Array(length);
        for (const { from, to } of segmentSpeech(probabilities, length, given)) covered.fill(1, from, to);
        for (const [frame, probability] of probabilities.entries()) {
          if (probability < given.threshold) continue;
          const at = frame * given.frameSamples;
          expect(covered.subarray(at, at + given.frameSamples).every((sample) => sample === 1)).toBe(true);
        }
      }),
    );
  });
});

describe("evenPieces", () => {
  it.each([
    [10, Number.POSITIVE_INFINITY, [[0, 10]]],
    [10, 10, [[0, 10]]],
    // biome-ignore format: one case, one line
    [10, 4, [[0, 3], [3, 7], [7, 10]]],
    [0, 4, []],
  ] as [number, number, number[][]][])(
    "cuts %d samples for engines that take %d",
    (length, max, expected) => {
      expect(evenPieces(length, max).map(({ from, to }) => [from, to])).toEqual(expected);
    },
  );

  it("covers everything without a gap, in pieces that fit", () => {
    fc.assert(
      fc.property(fc.nat(100_000), fc.integer({ min: 1000, max: 50_000 }), (length, max) => {
        let end = 0;
        for (const { from, to } of evenPieces(length, max)) {
          expect(from).toBe(end);
          expect(to - from).toBeLessThanOrEqual(max);
          end = to;
        }
        expect(end).toBe(length);
      }),
    );
  });
});
