import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { wavHeader, writeWav } from "../../../src/audio/wav.js";
import { VoiceError } from "../../../src/base/errors.js";
import { MAX_FRAME_BYTES, readAudioFrame } from "../../../src/gateways/hermes/audio-frame.js";

const MONO = { rateHz: 16_000, widthBytes: 2, channels: 1 };
const SOUND = Buffer.from(Array.from({ length: 512 }, (_, n) => (n * 7) % 256));

/** A message whose header states something else than what follows. */
function lying(statedBytes: number, sound = SOUND, format = MONO): Buffer {
  return Buffer.concat([wavHeader(format, statedBytes), sound]);
}

describe("readAudioFrame", () => {
  it("takes all that follows the header, whatever length it states", () => {
    for (const stated of [512, 1_024, 100, 0, 0xffff_fff0]) {
      const { frame } = readAudioFrame(lying(stated));
      expect(frame.format).toEqual(MONO);
      expect(Buffer.from(frame.pcm)).toEqual(SOUND);
    }
  });

  it("leaves out what stands behind the samples in a proper file", () => {
    const trailer = Buffer.concat([Buffer.from("LIST"), Buffer.from([4, 0, 0, 0]), Buffer.from("INFO")]);
    const { frame } = readAudioFrame(Buffer.concat([lying(512), trailer]));
    expect(Buffer.from(frame.pcm)).toEqual(SOUND);
  });

  it("reads headers with chunks before the samples, and other formats", () => {
    const stereo = { rateHz: 44_100, widthBytes: 2, channels: 2 };
    const plain = Buffer.from(writeWav(stereo, SOUND));
    const list = Buffer.concat([Buffer.from("LIST"), Buffer.from([4, 0, 0, 0]), Buffer.from("INFO")]);
    const { frame, header } = readAudioFrame(
      Buffer.concat([plain.subarray(0, 36), list, plain.subarray(36)]),
    );
    expect(frame.format).toEqual(stereo);
    expect(Buffer.from(frame.pcm)).toEqual(SOUND);
    expect(header).toBeUndefined();
  });

  it("recognises the header of the message before, and one that has changed", () => {
    const first = readAudioFrame(lying(1_024));
    const again = readAudioFrame(lying(1_024), first.header);
    expect(again.header).toBe(first.header);
    expect(Buffer.from(again.frame.pcm)).toEqual(SOUND);
    const changed = readAudioFrame(lying(1_024, SOUND, { ...MONO, rateHz: 8_000 }), first.header);
    expect(changed.frame.format.rateHz).toBe(8_000);
  });

  it("takes what is no WAV as raw 16 kHz mono, without half a sample", () => {
    const { frame } = readAudioFrame(SOUND.subarray(1, 512));
    expect(frame.format).toEqual(MONO);
    expect(frame.pcm.length).toBe(510);
  });

  it("refuses what is broken, too long, or in no format an engine takes", () => {
    const broken: readonly [Buffer, string][] = [
      [Buffer.from("RIFF"), "malformed-frame"],
      [Buffer.from("RIFF\u0000\u0000\u0000\u0000WAVE"), "malformed-frame"],
      [Buffer.from("RIFF\u0000\u0000\u0000\u0000AVI LIST"), "unsupported-audio"],
      [lying(512, SOUND, { ...MONO, rateHz: 1_000_000 }), "unsupported-audio"],
      [lying(512, SOUND, { ...MONO, channels: 0 }), "unsupported-audio"],
      [Buffer.alloc(MAX_FRAME_BYTES + 1), "frame-too-large"],
    ];
    for (const [payload, code] of broken) {
      expect(() => readAudioFrame(payload)).toThrowError(expect.objectContaining({ code }));
    }
  });

  it("never fails in any other way, and never makes sound of nothing", () => {
    const mutated = fc.tuple(fc.uint8Array({ maxLength: 80 }), fc.boolean()).map(([noise, asWav]) => {
      return asWav
        ? Buffer.concat([Buffer.from(lying(512)).subarray(0, noise.length % 45), noise])
        : Buffer.from(noise);
    });
    fc.assert(
      fc.property(mutated, (payload) => {
        try {
          const { frame } = readAudioFrame(payload);
          expect(frame.pcm.length).toBeLessThanOrEqual(payload.length);
          expect(frame.pcm.length % (frame.format.widthBytes * frame.format.channels)).toBe(0);
        } catch (error) {
          expect(error).toBeInstanceOf(VoiceError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
