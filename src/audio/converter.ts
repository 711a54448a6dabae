import { PcmDecoder, type PcmFormat, SPEECH_RATE_HZ, sameFormat } from "./pcm.js";
import { concatSamples, Resampler } from "./resample.js";

/**
 * Any PCM in, mono samples in [-1, 1] at one rate out. Each chunk's own format is believed, so a stream may change
 * its format on the way; chunks may end inside a sample.
 */
export class PcmConverter {
  readonly #rateHz: number;
  #decoder: PcmDecoder | undefined;
  #resampler: Resampler | undefined;

  constructor(rateHz: number = SPEECH_RATE_HZ) {
    this.#rateHz = rateHz;
  }

  /** @throws {SessionError} `unsupported-audio`; the converter may be used on */
  push(format: PcmFormat, bytes: Uint8Array): Float32Array {
    if (this.#decoder && this.#resampler && sameFormat(this.#decoder.format, format)) {
      return this.#resampler.push(this.#decoder.push(bytes));
    }
    const decoder = new PcmDecoder(format);
    const tail = this.flush();
    this.#decoder = decoder;
    this.#resampler = new Resampler(format.rateHz, this.#rateHz);
    const start = this.#resampler.push(decoder.push(bytes));
    return tail.length === 0 ? start : concatSamples([tail, start]);
  }

  /** What the resampler still holds; an unfinished sample is dropped. Afterwards a new stream may begin. */
  flush(): Float32Array {
    const tail = this.#resampler?.flush() ?? new Float32Array(0);
    this.#decoder = undefined;
    this.#resampler = undefined;
    return tail;
  }
}
