import { PcmConverter } from "../audio/converter.js";
import { type PcmFormat, SPEECH_RATE_HZ } from "../audio/pcm.js";
import { SessionError } from "../base/errors.js";

/** The audio of one request as 16 kHz mono, kept whole up to a bound so that another model can start over. */
export class Utterance {
  readonly #converter = new PcmConverter(SPEECH_RATE_HZ);
  readonly #maxSamples: number;
  readonly #pieces: Float32Array[] = [];
  #length = 0;
  #ended = false;
  #readers: (() => void)[] = [];

  constructor(maxSeconds: number) {
    this.#maxSamples = maxSeconds * SPEECH_RATE_HZ;
  }

  get samples(): number {
    return this.#length;
  }

  get seconds(): number {
    return this.#length / SPEECH_RATE_HZ;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** @throws {SessionError} `unsupported-audio`, `too-long` */
  push(format: PcmFormat, bytes: Uint8Array): void {
    if (this.#ended) return;
    this.#append(this.#converter.push(format, bytes));
    if (this.#length > this.#maxSamples) {
      throw new SessionError(
        "too-long",
        `The audio is longer than ${this.#maxSamples / SPEECH_RATE_HZ} s. Send shorter pieces or raise wyoming.max_audio_seconds.`,
      );
    }
  }

  end(): void {
    if (this.#ended) return;
    this.#append(this.#converter.flush());
    this.#ended = true;
    this.#wakeAll();
  }

  /** From the first sample on, each piece as it arrives, until the end. Several may read at once. */
  async *read(signal: AbortSignal): AsyncGenerator<Float32Array> {
    const onAbort = () => this.#wakeAll();
    signal.addEventListener("abort", onAbort);
    try {
      for (let next = 0; ; next += 1) {
        while (next >= this.#pieces.length && !this.#ended && !signal.aborted) {
          await new Promise<void>((resolve) => this.#readers.push(resolve));
        }
        signal.throwIfAborted();
        const piece = this.#pieces[next];
        if (!piece) return;
        yield piece;
      }
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  /** All samples so far in one piece. */
  whole(): Float32Array {
    const all = new Float32Array(this.#length);
    let at = 0;
    for (const piece of this.#pieces) {
      all.set(piece, at);
      at += piece.length;
    }
    return all;
  }

  #append(samples: Float32Array): void {
    if (samples.length === 0) return;
    this.#pieces.push(samples);
    this.#length += samples.length;
    this.#wakeAll();
  }

  #wakeAll(): void {
    const readers = this.#readers;
    this.#readers = [];
    for (const wake of readers) wake();
  }
}
