import { bytesPerFrame, checkPcmFormat, type PcmFormat } from "../../audio/pcm.js";
import { parseWavHeader } from "../../audio/wav-header.js";
import { ProtocolError } from "../../base/errors.js";
import { MAX_RAW_BYTES, RAW_FORMAT } from "../../protocol/hermes/raw-audio.js";

/** Sound of one message: whole samples, little-endian. */
export interface AudioFrame {
  readonly format: PcmFormat;
  readonly pcm: Uint8Array;
}

/** The header of a site's messages, which is the same every time. */
export interface KnownHeader {
  readonly bytes: Uint8Array;
  readonly format: PcmFormat;
}

/** Longest audio message, in bytes: a second of CD sound, two of what satellites send. */
export const MAX_FRAME_BYTES = 192 * 1024;
/** The header nearly everybody sends. */
const CANONICAL_BYTES = 44;
/** Chunks that may stand behind the samples. */
const TRAILING_CHUNKS = ["LIST", "fact", "cue ", "smpl", "bext", "id3 ", "PEAK"];

/**
 * The sound of one audio message. Satellites state lengths in their WAV header that do not match what they send, so what
 * follows the header is sound whatever length it states. What does not begin as WAV is taken as raw 16 kHz mono.
 * @param known header of the message before: the same one is not read again
 * @returns the sound, and the header for the next message where it can be recognised
 * @throws {ProtocolError} `frame-too-large`, `malformed-frame`
 * @throws {SessionError} `unsupported-audio`
 */
export function readAudioFrame(
  payload: Uint8Array,
  known?: KnownHeader,
): { readonly frame: AudioFrame; readonly header?: KnownHeader } {
  if (payload.length > MAX_FRAME_BYTES) {
    throw new ProtocolError(
      "frame-too-large",
      `${payload.length} bytes of sound, at most ${MAX_FRAME_BYTES} are allowed`,
    );
  }
  if (!startsAsWav(payload)) return { frame: frameOf(RAW_FORMAT, payload) };
  if (known && startsWith(payload, known.bytes)) {
    return { frame: frameOf(known.format, payload.subarray(CANONICAL_BYTES)), header: known };
  }
  const parsed = parseWavHeader(payload);
  if (!parsed) throw new ProtocolError("malformed-frame", "A WAV file without samples");
  if (parsed.encoding !== "int")
    throw new ProtocolError("malformed-frame", "WAV with floating-point samples");
  checkPcmFormat(parsed.format);
  const pcm = payload.subarray(parsed.dataOffset);
  const end = hasTrailer(pcm, parsed.dataBytes) ? parsed.dataBytes : pcm.length;
  const frame = frameOf(parsed.format, pcm.subarray(0, end));
  if (parsed.dataOffset !== CANONICAL_BYTES || end !== pcm.length) return { frame };
  // A copy: the message's own bytes belong to a larger network buffer that would be kept alive.
  return { frame, header: { bytes: payload.slice(0, CANONICAL_BYTES), format: parsed.format } };
}

/** Bare samples of one message. @throws {ProtocolError} `frame-too-large` */
export function readRawFrame(payload: Uint8Array, format: PcmFormat): AudioFrame {
  if (payload.length <= MAX_RAW_BYTES) return frameOf(format, payload);
  throw new ProtocolError(
    "frame-too-large",
    `${payload.length} bytes of samples, at most ${MAX_RAW_BYTES} are allowed`,
  );
}

function frameOf(format: PcmFormat, pcm: Uint8Array): AudioFrame {
  return { format, pcm: pcm.subarray(0, pcm.length - (pcm.length % bytesPerFrame(format))) };
}

function startsAsWav(payload: Uint8Array): boolean {
  return (
    Buffer.from(payload.buffer, payload.byteOffset, Math.min(4, payload.length)).toString("latin1") === "RIFF"
  );
}

function startsWith(payload: Uint8Array, header: Uint8Array): boolean {
  return payload.length >= header.length && Buffer.compare(payload.subarray(0, header.length), header) === 0;
}

function hasTrailer(pcm: Uint8Array, statedBytes: number): boolean {
  if (statedBytes === 0 || statedBytes + 8 > pcm.length) return false;
  return TRAILING_CHUNKS.includes(Buffer.from(pcm.subarray(statedBytes, statedBytes + 4)).toString("latin1"));
}
