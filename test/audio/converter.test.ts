import { describe, expect, it } from "vitest";
import { PcmConverter } from "../../src/audio/converter.js";
import { encodePcm16, type PcmFormat } from "../../src/audio/pcm.js";
import { concatSamples } from "../../src/audio/resample.js";
import { signalToNoiseDb, sine } from "../fixtures/tones.js";

const pcm = (rateHz: number, channels = 1): PcmFormat => ({ rateHz, widthBytes: 2, channels });

/** 16-bit stereo of one mono signal. */
function stereoOf(samples: Float32Array): Uint8Array {
  const both = new Float32Array(samples.length * 2);
  for (const [i, sample] of samples.entries()) both.fill(sample, 2 * i, 2 * i + 2);
  return encodePcm16(both);
}

describe("PcmConverter", () => {
  it("turns 44.1 kHz stereo in oddly cut chunks into 16 kHz mono", () => {
    const converter = new PcmConverter();
    const bytes = stereoOf(sine(1_000, 44_100, 22_050));
    const pieces: Float32Array[] = [];
    for (let i = 0; i < bytes.length; i += 1_021) {
      pieces.push(converter.push(pcm(44_100, 2), bytes.subarray(i, i + 1_021)));
    }
    const output = concatSamples([...pieces, converter.flush()]);
    expect(output).toHaveLength(8_000);
    expect(signalToNoiseDb(output, sine(1_000, 16_000, 8_000), 120)).toBeGreaterThan(60);
  });

  it("passes 16 kHz mono through at once", () => {
    const samples = sine(440, 16_000, 320);
    const output = new PcmConverter().push(pcm(16_000), encodePcm16(samples));
    expect(output).toHaveLength(320);
    expect(signalToNoiseDb(output, samples)).toBeGreaterThan(60);
  });

  it("believes each chunk's own format and loses nothing when it changes", () => {
    const converter = new PcmConverter();
    const output = concatSamples([
      converter.push(pcm(8_000), encodePcm16(sine(440, 8_000, 4_000))),
      converter.push(pcm(48_000, 2), stereoOf(sine(440, 48_000, 24_000))),
      converter.push(pcm(16_000), encodePcm16(sine(440, 16_000, 8_000))),
      converter.flush(),
    ]);
    expect(output).toHaveLength(24_000);
    // Half a second holds 220 whole periods, so the sine runs on across the changes.
    const expected = sine(440, 16_000, 24_000);
    for (const at of [200, 8_200, 16_200]) {
      expect(
        signalToNoiseDb(output.subarray(at, at + 7_600), expected.subarray(at, at + 7_600)),
      ).toBeGreaterThan(60);
    }
  });

  it("makes another rate when asked", () => {
    const converter = new PcmConverter(22_050);
    const output = concatSamples([converter.push(pcm(16_000), new Uint8Array(32_000)), converter.flush()]);
    expect(output).toHaveLength(22_050);
  });

  it("goes on with the old format after a chunk in one it cannot take", () => {
    const converter = new PcmConverter();
    converter.push(pcm(16_000), Uint8Array.of(0));
    expect(() => converter.push(pcm(1), new Uint8Array(4))).toThrow(
      expect.objectContaining({ code: "unsupported-audio" }),
    );
    expect([...converter.push(pcm(16_000), Uint8Array.of(0x40))]).toEqual([0.5]);
  });

  it("starts the next stream without the rest of the last one", () => {
    const converter = new PcmConverter();
    converter.push(pcm(16_000), Uint8Array.of(1, 2, 3));
    converter.flush();
    expect([...converter.push(pcm(16_000), Uint8Array.of(0, 0x40))]).toEqual([0.5]);
  });
});
