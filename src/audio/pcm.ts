import { SessionError } from "../base/errors.js";

/** Layout of interleaved signed little-endian PCM. */
export interface PcmFormat {
  readonly rateHz: number;
  /** Bytes of one sample of one channel: 1 (unsigned), 2, 3 or 4. */
  readonly widthBytes: number;
  readonly channels: number;
}

/** Rate of all audio that goes into engines. */
export const SPEECH_RATE_HZ = 16_000;

/** Rates a peer may send, in hertz, both ends included. */
export const RATE_RANGE_HZ = { lowest: 8_000, highest: 96_000 } as const;

/** Most channels a peer may send. */
export const MAX_CHANNELS = 8;

/** Bytes of one sample of every channel. */
export const bytesPerFrame = (format: PcmFormat): number => format.widthBytes * format.channels;

/** Seconds of sound in this many bytes. */
export const secondsOf = (format: PcmFormat, bytes: number): number =>
  bytes / bytesPerFrame(format) / format.rateHz;

export const sameFormat = (a: PcmFormat, b: PcmFormat): boolean =>
  a.rateHz === b.rateHz && a.widthBytes === b.widthBytes && a.channels === b.channels;

/**
 * Returns when this program can work with the format.
 * @throws {SessionError} `unsupported-audio`
 */
export function checkPcmFormat({ rateHz, widthBytes, channels }: PcmFormat): void {
  const { lowest, highest } = RATE_RANGE_HZ;
  if (!Number.isInteger(rateHz) || rateHz < lowest || rateHz > highest) {
    throw unsupported(`a rate of ${rateHz} Hz; send ${lowest} to ${highest} Hz`);
  }
  if (![1, 2, 3, 4].includes(widthBytes)) {
    throw unsupported(`samples of ${widthBytes} bytes; send 1, 2, 3 or 4 bytes`);
  }
  if (!Number.isInteger(channels) || channels < 1 || channels > MAX_CHANNELS) {
    throw unsupported(`${channels} channels; send 1 to ${MAX_CHANNELS}`);
  }
}

const unsupported = (what: string): SessionError =>
  new SessionError("unsupported-audio", `The audio has ${what}.`);

/**
 * Mono samples in [-1, 1], the mean of the channels. Bytes of an unfinished frame at the end are left out.
 * @throws {SessionError} `unsupported-audio`
 */
export function decodePcm(format: PcmFormat, bytes: Uint8Array): Float32Array {
  checkPcmFormat(format);
  const { widthBytes, channels } = format;
  const sampleAt = SAMPLE_READERS[widthBytes as 1 | 2 | 3 | 4];
  const frames = Math.floor(bytes.length / (widthBytes * channels));
  const samples = new Float32Array(frames);
  let offset = 0;
  for (let frame = 0; frame < frames; frame++) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++, offset += widthBytes) sum += sampleAt(bytes, offset);
    samples[frame] = sum / channels;
  }
  return samples;
}

/** Byte at `index`, which the caller has checked to be inside. */
const at = (bytes: Uint8Array, index: number): number => bytes[index] ?? 0;

const SAMPLE_READERS = {
  1: (bytes: Uint8Array, i: number) => (at(bytes, i) - 128) / 2 ** 7,
  2: (bytes: Uint8Array, i: number) => ((at(bytes, i) << 16) | (at(bytes, i + 1) << 24)) / 2 ** 31,
  3: (bytes: Uint8Array, i: number) =>
    ((at(bytes, i) << 8) | (at(bytes, i + 1) << 16) | (at(bytes, i + 2) << 24)) / 2 ** 31,
  4: (bytes: Uint8Array, i: number) =>
    (at(bytes, i) | (at(bytes, i + 1) << 8) | (at(bytes, i + 2) << 16) | (at(bytes, i + 3) << 24)) / 2 ** 31,
} as const;

/** Signed 16-bit little-endian bytes of samples in [-1, 1]; louder ones are clipped. */
export function encodePcm16(samples: Float32Array): Uint8Array {
  const bytes = new Uint8Array(samples.length * 2);
  for (let i = 0; i < samples.length; i++) {
    const value = Math.max(-32_768, Math.min(32_767, Math.round((samples[i] ?? 0) * 32_768)));
    bytes[2 * i] = value & 0xff;
    bytes[2 * i + 1] = (value >> 8) & 0xff;
  }
  return bytes;
}

/** Decodes one stream whose chunks may end inside a sample: the rest waits for the next chunk. */
export class PcmDecoder {
  readonly format: PcmFormat;
  #carry: Uint8Array = new Uint8Array(0);

  /** @throws {SessionError} `unsupported-audio` */
  constructor(format: PcmFormat) {
    checkPcmFormat(format);
    this.format = format;
  }

  /** Mono samples in [-1, 1] of all frames that these bytes complete. */
  push(bytes: Uint8Array): Float32Array {
    const joined = this.#carry.length === 0 ? bytes : concatBytes(this.#carry, bytes);
    const rest = joined.length % bytesPerFrame(this.format);
    // Copied, since the caller may use its buffer again.
    this.#carry = joined.slice(joined.length - rest);
    return decodePcm(this.format, joined);
  }
}

function concatBytes(first: Uint8Array, second: Uint8Array): Uint8Array {
  const joined = new Uint8Array(first.length + second.length);
  joined.set(first);
  joined.set(second, first.length);
  return joined;
}
