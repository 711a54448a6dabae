import { SessionError } from "../base/errors.js";
import type { PcmFormat } from "./pcm.js";

/** What the chunks in front of the samples say. */
export interface WavHeader {
  readonly format: PcmFormat;
  /** `float` samples are IEEE 754, little-endian; `int` ones are as in `PcmFormat`. */
  readonly encoding: "int" | "float";
  /** Where the samples begin, in bytes from the start of the file. */
  readonly dataOffset: number;
  /** As stated by the file; encoders that stream write 0 or 0xFFFFFFFF, and some devices plain lies. */
  readonly dataBytes: number;
}

/** Header bytes after which a file without `data` chunk is given up. */
const MAX_HEADER_BYTES = 64 * 1024;

const TAG = { pcm: 1, float: 3, extensible: 0xfffe } as const;

/**
 * Reads a WAV header as far as it has arrived, `fmt ` before `data`; the samples need not be there yet.
 * @returns undefined while the header is incomplete
 * @throws {SessionError} `unsupported-audio`
 * @see RIFF "WAVE" as in Multimedia Programming Interface and Data Specifications 1.0
 */
export function parseWavHeader(bytes: Uint8Array): WavHeader | undefined {
  if (bytes.length < 12) return undefined;
  checkMagic(bytes);
  let sound: Sound | undefined;
  for (const chunk of walkChunks(bytes)) {
    if (chunk.id === "fmt " && chunk.complete) sound = readFormat(bytes, chunk);
    if (chunk.id !== "data") continue;
    if (!sound) throw notWav("its samples come before its format");
    return { ...sound, dataOffset: chunk.offset, dataBytes: chunk.statedBytes };
  }
  if (bytes.length > MAX_HEADER_BYTES) throw notWav("it has no samples");
  return undefined;
}

/** Place of one chunk's content in the file. */
export interface RiffChunk {
  readonly id: string;
  readonly offset: number;
  readonly statedBytes: number;
  /** False when the file ends inside it. */
  readonly complete: boolean;
}

/** @throws {SessionError} `unsupported-audio` when these are not the first bytes of a WAV file */
export function checkMagic(bytes: Uint8Array): void {
  if (ascii(bytes, 0) !== "RIFF" || ascii(bytes, 8) !== "WAVE")
    throw notWav("it does not start with RIFF and WAVE");
}

/** All chunks after the RIFF header, whatever length that states. */
export function* walkChunks(bytes: Uint8Array, from = 12): Generator<RiffChunk> {
  let position = from;
  while (position + 8 <= bytes.length) {
    const id = ascii(bytes, position);
    const offset = position + 8;
    const statedBytes = uint32(bytes, position + 4);
    yield { id, offset, statedBytes, complete: offset + statedBytes <= bytes.length };
    position = offset + statedBytes;
    // Odd chunks are padded; some writers forget, so the pad is skipped only where no chunk name starts.
    if (statedBytes % 2 === 1 && !looksLikeId(bytes, position)) position += 1;
  }
}

/** True when a chunk name could start here: four printable characters. */
export function looksLikeId(bytes: Uint8Array, position: number): boolean {
  const id = bytes.subarray(position, position + 4);
  return id.length === 4 && id.every((byte) => byte >= 0x20 && byte < 0x7f);
}

/** Format and encoding, as the `fmt ` chunk has them. */
export type Sound = Pick<WavHeader, "format" | "encoding">;

/** @throws {SessionError} `unsupported-audio` */
export function readFormat(bytes: Uint8Array, { offset, statedBytes }: RiffChunk): Sound {
  if (statedBytes < 16 || offset + 16 > bytes.length) throw notWav("its format chunk is too short");
  const stated = uint16(bytes, offset);
  const isExtensible = stated === TAG.extensible && statedBytes >= 26 && offset + 26 <= bytes.length;
  // The first two bytes of the sub-format GUID are the real tag.
  const tag = isExtensible ? uint16(bytes, offset + 24) : stated;
  const channels = uint16(bytes, offset + 2);
  const rateHz = uint32(bytes, offset + 4);
  const widthBytes = Math.ceil(uint16(bytes, offset + 14) / 8);
  if (tag === TAG.float && widthBytes === 4)
    return { format: { rateHz, widthBytes, channels }, encoding: "float" };
  if (tag === TAG.pcm) return { format: { rateHz, widthBytes, channels }, encoding: "int" };
  throw notWav(`its encoding ${tag} with ${widthBytes} bytes a sample is neither PCM nor 32-bit float`);
}

/** The error for bytes that are not what a WAV file has. */
export const notWav = (why: string): SessionError =>
  new SessionError("unsupported-audio", `This WAV file cannot be read: ${why}. Send WAV with PCM samples.`);

const view = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const uint16 = (bytes: Uint8Array, offset: number): number => view(bytes).getUint16(offset, true);
const uint32 = (bytes: Uint8Array, offset: number): number => view(bytes).getUint32(offset, true);
const ascii = (bytes: Uint8Array, offset: number): string =>
  String.fromCharCode(...bytes.subarray(offset, offset + 4));
