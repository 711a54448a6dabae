import { bytesPerFrame, checkPcmFormat, type PcmFormat } from "./pcm.js";
import {
  checkMagic,
  looksLikeId,
  notWav,
  type RiffChunk,
  readFormat,
  type Sound,
  walkChunks,
} from "./wav-header.js";

/** Samples of a WAV file. */
export interface WavAudio {
  readonly format: PcmFormat;
  /** Whole frames only. 32-bit float files come out as 4-byte integers. */
  readonly pcm: Uint8Array;
}

/**
 * Reads a whole WAV file in memory: chunks in any order, extra chunks, WAVE_FORMAT_EXTENSIBLE, 32-bit float, and
 * lengths that lie. A `data` length of 0 or beyond the end means "to the end of the file".
 * @throws {SessionError} `unsupported-audio`
 */
export function readWav(bytes: Uint8Array): WavAudio {
  if (bytes.length < 12) throw notWav("it is too short");
  checkMagic(bytes);
  let sound: Sound | undefined;
  let data: Uint8Array | undefined;
  for (const chunk of walkChunks(bytes)) {
    if (chunk.id === "fmt ") sound ??= readFormat(bytes, chunk);
    if (chunk.id === "data") data ??= dataOf(bytes, chunk);
    if (sound && data) break;
  }
  if (!sound) throw notWav("it has no format chunk");
  if (!data) throw notWav("it has no samples");
  checkPcmFormat(sound.format);
  const whole = data.subarray(0, data.length - (data.length % bytesPerFrame(sound.format)));
  return { format: sound.format, pcm: sound.encoding === "float" ? integersOf(whole) : whole };
}

function dataOf(bytes: Uint8Array, { offset, statedBytes }: RiffChunk): Uint8Array {
  const isStated = statedBytes > 0 || endsInChunks(bytes, offset);
  return bytes.subarray(offset, isStated ? offset + statedBytes : bytes.length);
}

/** True when an empty `data` chunk is meant: what follows is more chunks, exactly to the end of the file. */
function endsInChunks(bytes: Uint8Array, from: number): boolean {
  let end = from;
  for (const { offset, statedBytes, complete } of walkChunks(bytes, from)) {
    if (!complete || !looksLikeId(bytes, offset - 8)) return false;
    end = offset + statedBytes;
  }
  return bytes.length - end <= 1;
}

/** 32-bit floats in [-1, 1] as 32-bit integers; louder ones are clipped. */
function integersOf(floats: Uint8Array): Uint8Array {
  const input = new DataView(floats.buffer, floats.byteOffset, floats.byteLength);
  const integers = new Uint8Array(floats.length);
  const output = new DataView(integers.buffer);
  for (let offset = 0; offset < floats.length; offset += 4) {
    const scaled = Math.round(input.getFloat32(offset, true) * 2 ** 31);
    output.setInt32(offset, Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, scaled)), true);
  }
  return integers;
}

/**
 * The canonical 44 bytes in front of PCM samples.
 * @param dataBytes length of the samples; leave it out for a stream whose length nobody knows yet
 */
export function wavHeader(format: PcmFormat, dataBytes?: number): Uint8Array {
  const header = new Uint8Array(44);
  const view = new DataView(header.buffer);
  const text = (offset: number, id: string) => header.set(Buffer.from(id, "ascii"), offset);
  text(0, "RIFF");
  view.setUint32(4, dataBytes === undefined ? 0xffffffff : 36 + dataBytes + (dataBytes % 2), true);
  text(8, "WAVE");
  text(12, "fmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, format.channels, true);
  view.setUint32(24, format.rateHz, true);
  view.setUint32(28, format.rateHz * bytesPerFrame(format), true);
  view.setUint16(32, bytesPerFrame(format), true);
  view.setUint16(34, format.widthBytes * 8, true);
  text(36, "data");
  view.setUint32(40, dataBytes ?? 0xffffffff, true);
  return header;
}

/** A whole WAV file of these samples. */
export function writeWav(format: PcmFormat, pcm: Uint8Array): Uint8Array {
  const header = wavHeader(format, pcm.length);
  const file = new Uint8Array(header.length + pcm.length + (pcm.length % 2));
  file.set(header);
  file.set(pcm, header.length);
  return file;
}
