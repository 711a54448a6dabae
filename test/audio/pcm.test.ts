import { describe, expect, it } from "vitest";
import {
  bytesPerFrame,
  decodePcm,
  encodePcm16,
  PcmDecoder,
  type PcmFormat,
  secondsOf,
} from "../../src/audio/pcm.js";
import { concatSamples } from "../../src/audio/resample.js";

const format = (widthBytes: number, channels = 1): PcmFormat => ({ rateHz: 16_000, widthBytes, channels });

describe("decodePcm", () => {
  const cases: readonly [string, PcmFormat, number[], number[]][] = [
    ["unsigned 8-bit", format(1), [0, 128, 192, 255], [-1, 0, 0.5, 127 / 128]],
    ["16-bit", format(2), [0x00, 0x80, 0, 0, 0x00, 0x40, 0xff, 0x7f], [-1, 0, 0.5, 32_767 / 32_768]],
    ["24-bit", format(3), [0, 0, 0x80, 0, 0, 0, 0, 0, 0x40, 0xff, 0xff, 0xff], [-1, 0, 0.5, -(2 ** -23)]],
    ["32-bit", format(4), [0, 0, 0, 0x80, 0, 0, 0, 0x40, 0, 0, 0, 0xc0], [-1, 0.5, -0.5]],
    ["stereo as the mean of both sides", format(2, 2), [0, 0x40, 0, 0, 0, 0x40, 0, 0xc0], [0.25, 0]],
    ["three channels", format(1, 3), [192, 128, 64, 255, 255, 255], [0, 127 / 128]],
    ["nothing", format(2), [], []],
    ["an unfinished frame as nothing", format(2, 2), [0, 0x40, 0], []],
  ];
  it.each(cases)("reads %s", (_, pcm, bytes, samples) => {
    expect([...decodePcm(pcm, Uint8Array.from(bytes))]).toEqual(samples.map(Math.fround));
  });

  it("reads bytes at an odd offset of a larger buffer", () => {
    expect([...decodePcm(format(2), Uint8Array.from([9, 0x00, 0x40, 9]).subarray(1, 3))]).toEqual([0.5]);
  });

  it.each([
    ["a rate below 8 kHz", { rateHz: 4_000, widthBytes: 2, channels: 1 }, /4000 Hz/],
    ["a rate above 96 kHz", { rateHz: 192_000, widthBytes: 2, channels: 1 }, /192000 Hz/],
    ["a fractional rate", { rateHz: 16_000.5, widthBytes: 2, channels: 1 }, /Hz/],
    ["8-byte samples", { rateHz: 16_000, widthBytes: 8, channels: 1 }, /8 bytes/],
    ["no channel", { rateHz: 16_000, widthBytes: 2, channels: 0 }, /0 channels/],
    ["nine channels", { rateHz: 16_000, widthBytes: 2, channels: 9 }, /9 channels/],
  ])("refuses %s with a sentence that says what to send", (_, pcm, sentence) => {
    expect(() => decodePcm(pcm, new Uint8Array(8))).toThrow(
      expect.objectContaining({ code: "unsupported-audio", message: expect.stringMatching(sentence) }),
    );
  });
});

describe("encodePcm16", () => {
  it("gives back the bytes that decodePcm read", () => {
    const bytes = Uint8Array.from({ length: 2 * 65_536 }, (_, i) => (i % 2 === 0 ? i >> 1 : i >> 9) & 0xff);
    expect(encodePcm16(decodePcm(format(2), bytes))).toEqual(bytes);
  });

  it("clips what is louder than full scale and writes silence for what is no number", () => {
    const loud = Float32Array.from([1, 2, -1, -7, Number.POSITIVE_INFINITY, Number.NaN]);
    expect([...new Int16Array(encodePcm16(loud).buffer)]).toEqual([
      32_767, 32_767, -32_768, -32_768, 32_767, 0,
    ]);
  });
});

describe("PcmDecoder", () => {
  const bytes = Uint8Array.from({ length: 6 * 40 }, (_, i) => (i * 37) & 0xff);
  it.each([1, 2, 5, 7, 11, 64])("finds the same samples in chunks of %i bytes", (size) => {
    const decoder = new PcmDecoder(format(3, 2));
    const pieces: Float32Array[] = [];
    for (let i = 0; i < bytes.length; i += size) pieces.push(decoder.push(bytes.subarray(i, i + size)));
    expect(concatSamples(pieces)).toEqual(decodePcm(format(3, 2), bytes));
  });

  it("does not mind when the caller overwrites its buffer between chunks", () => {
    const decoder = new PcmDecoder(format(2));
    const buffer = Uint8Array.of(0x00);
    decoder.push(buffer);
    buffer[0] = 0xff;
    expect([...decoder.push(Uint8Array.of(0x40))]).toEqual([0.5]);
  });
});

describe("sizes", () => {
  it("count every channel", () => {
    expect(bytesPerFrame(format(3, 2))).toBe(6);
    expect(secondsOf(format(2, 2), 64_000)).toBe(1);
  });
});
