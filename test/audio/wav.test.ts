import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { decodePcm, type PcmFormat } from "../../src/audio/pcm.js";
import { readWav, wavHeader, writeWav } from "../../src/audio/wav.js";
import { parseWavHeader } from "../../src/audio/wav-header.js";

const MONO: PcmFormat = { rateHz: 16_000, widthBytes: 2, channels: 1 };
const PCM = Uint8Array.from([1, 0, 2, 0, 3, 0, 4, 0]);

const u16 = (n: number) => [n & 0xff, (n >> 8) & 0xff];
const u32 = (n: number) => [...u16(n & 0xffff), ...u16(n >>> 16)];
const chunk = (id: string, content: readonly number[], stated = content.length) => [
  ...Buffer.from(id, "ascii"),
  ...u32(stated),
  ...content,
  ...(content.length % 2 === 1 && stated === content.length ? [0] : []),
];
const fmt = (tag: number, channels: number, rateHz: number, bits: number, extra: readonly number[] = []) =>
  chunk("fmt ", [
    ...u16(tag),
    ...u16(channels),
    ...u32(rateHz),
    ...u32((rateHz * channels * bits) / 8),
    ...u16((channels * bits) / 8),
    ...u16(bits),
    ...extra,
  ]);
const riff = (chunks: readonly number[][], stated?: number) =>
  Uint8Array.from(chunk("RIFF", [...Buffer.from("WAVE"), ...chunks.flat()], stated));
const guidOf = (tag: number) => [...u16(tag), 0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71];

describe("readWav", () => {
  const plain = fmt(1, 1, 16_000, 16);
  const data = chunk("data", [...PCM]);
  const list = chunk("LIST", [...Buffer.from("INFOISFT"), ...u32(4), 76, 97, 118, 0]);

  const readable: readonly [string, Uint8Array][] = [
    ["a canonical file", riff([plain, data])],
    ["chunks before and after the samples", riff([list, plain, chunk("odd ", [1, 2, 3]), data, list])],
    ["samples in front of the format", riff([data, plain])],
    ["a RIFF length of 0", riff([plain, data], 0)],
    ["a RIFF length that is far too large", riff([plain, data], 0xffffffff)],
    ["a RIFF length that is too small", riff([plain, data], 12)],
    ["a data length of 0 from a streaming writer", riff([plain, chunk("data", [...PCM], 0)])],
    ["a data length of 0xFFFFFFFF", riff([plain, chunk("data", [...PCM], 0xffffffff)])],
    ["a data length beyond the end", riff([plain, chunk("data", [...PCM], 2048)])],
    ["an odd chunk without its pad byte", riff([plain, chunk("odd ", [1, 2, 3]).slice(0, -1), data])],
    ["an unfinished sample at the end", riff([plain, chunk("data", [...PCM, 9])])],
    [
      "a WAVE_FORMAT_EXTENSIBLE format",
      riff([fmt(0xfffe, 1, 16_000, 16, [...u16(22), ...u16(16), ...u32(4), ...guidOf(1)]), data]),
    ],
  ];
  it.each(readable)("reads %s", (_, file) => {
    expect(readWav(file)).toEqual({ format: MONO, pcm: PCM });
  });

  it("takes only as many samples as a true length says", () => {
    expect(readWav(riff([plain, chunk("data", [...PCM.subarray(0, 4)]), list])).pcm).toEqual(
      PCM.subarray(0, 4),
    );
  });

  it("believes an empty data chunk when nothing but more chunks follow", () => {
    expect(readWav(riff([plain, chunk("data", []), list])).pcm).toHaveLength(0);
    expect(readWav(riff([plain, chunk("data", [])])).pcm).toHaveLength(0);
  });

  it.each([3, 0xfffe])("turns 32-bit float samples (tag %i) into integers, clipped", (tag) => {
    const floats = Buffer.from(Float32Array.from([0.5, -0.25, 3, -3]).buffer);
    const extra = tag === 3 ? [] : [...u16(22), ...u16(32), ...u32(4), ...guidOf(3)];
    const { format, pcm } = readWav(riff([fmt(tag, 2, 48_000, 32, extra), chunk("data", [...floats])]));
    expect(format).toEqual({ rateHz: 48_000, widthBytes: 4, channels: 2 });
    expect([...decodePcm({ ...format, channels: 1 }, pcm)]).toEqual([0.5, -0.25, 1, -1]);
  });

  const unreadable: readonly [string, Uint8Array, RegExp][] = [
    ["nothing at all", new Uint8Array(0), /too short/],
    ["MP3 data", Buffer.from("ID3\u0004\u0000 not wave at all"), /RIFF/],
    ["A-law samples", riff([fmt(6, 1, 8_000, 8), data]), /encoding 6/],
    ["64-bit float samples", riff([fmt(3, 1, 8_000, 64), data]), /encoding 3 with 8 bytes/],
    ["no format", riff([data]), /no format/],
    ["no samples", riff([plain]), /no samples/],
    ["a format chunk of 4 bytes", riff([chunk("fmt ", [1, 0, 1, 0]), data]), /too short/],
    ["no channels", riff([fmt(1, 0, 16_000, 16), data]), /0 channels/],
  ];
  it.each(unreadable)("refuses %s with a reason", (_, file, reason) => {
    expect(() => readWav(file)).toThrow(
      expect.objectContaining({ code: "unsupported-audio", message: expect.stringMatching(reason) }),
    );
  });
});

describe("writeWav", () => {
  it("writes the 44 canonical bytes in front of the samples", () => {
    const file = writeWav({ rateHz: 22_050, widthBytes: 2, channels: 1 }, PCM);
    expect(Buffer.from(file.subarray(0, 44)).toString("hex")).toBe(
      "524946462c00000057415645666d74201000000001000100225600004" + "4ac00000200100064617461" + "08000000",
    );
    expect(file.subarray(44)).toEqual(PCM);
  });

  it.each([
    { rateHz: 8_000, widthBytes: 1, channels: 1 },
    { rateHz: 44_100, widthBytes: 2, channels: 2 },
    { rateHz: 96_000, widthBytes: 3, channels: 1 },
    { rateHz: 48_000, widthBytes: 4, channels: 2 },
  ])("is read back as written: $rateHz Hz, $widthBytes bytes, $channels channels", (format) => {
    const pcm = Uint8Array.from({ length: 24 }, (_, i) => i);
    expect(readWav(writeWav(format, pcm))).toEqual({ format, pcm });
  });

  it("pads an odd number of bytes", () => {
    const file = writeWav({ rateHz: 8_000, widthBytes: 1, channels: 1 }, Uint8Array.of(1, 2, 3));
    expect(file).toHaveLength(48);
    expect(readWav(file).pcm).toEqual(Uint8Array.of(1, 2, 3));
  });
});

describe("parseWavHeader", () => {
  const frame = Uint8Array.from([...wavHeader(MONO, 1024), ...PCM]);

  it("says where a frame's samples begin, whatever length it states", () => {
    expect(parseWavHeader(frame)).toEqual({ format: MONO, encoding: "int", dataOffset: 44, dataBytes: 1024 });
  });

  it("waits until the header is complete", () => {
    for (let length = 0; length < 44; length++)
      expect(parseWavHeader(frame.subarray(0, length))).toBeUndefined();
    expect(parseWavHeader(frame.subarray(0, 44))).toBeDefined();
  });

  it("marks a header for a stream of unknown length", () => {
    expect(parseWavHeader(wavHeader(MONO))?.dataBytes).toBe(0xffffffff);
  });

  it("gives up on a header that never ends", () => {
    expect(() => parseWavHeader(riff([chunk("junk", new Array(70_000).fill(0))]))).toThrow(/no samples/);
  });
});

const SPEECH = join(process.env["IRENE_SHARED"] ?? "../shared", "speech");
const hasSpeech = existsSync(SPEECH);
describe.skipIf(!hasSpeech)(
  `real recordings${hasSpeech ? "" : " (skipped: no shared speech folder)"}`,
  () => {
    const files = (hasSpeech ? readdirSync(SPEECH, { recursive: true, encoding: "utf8" }) : []).filter((f) =>
      f.endsWith(".wav"),
    );
    it("are read whole", () => {
      expect(files.length).toBeGreaterThan(0);
      for (const file of files) {
        const bytes = readFileSync(join(SPEECH, file));
        const { format, pcm } = readWav(bytes);
        expect(pcm.length, file).toBeGreaterThan(8_000);
        expect(pcm.length, file).toBeGreaterThan(bytes.length * 0.9);
        expect(parseWavHeader(bytes)?.format, file).toEqual(format);
      }
    });
  },
);
