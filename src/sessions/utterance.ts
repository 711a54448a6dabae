import { PcmConverter } from "../audio/converter.js";
import { type PcmFormat, SPEECH_RATE_HZ } from "../audio/pcm.js";
import { concatSamples } from "../audio/resample.js";
import { SessionError } from "../base/errors.js";

/** Longest piece a reader gets: long enough to be cheap, short enough that detectors answer while people speak. */
const MAX_PIECE_SAMPLES = SPEECH_RATE_HZ;

/** The audio of one request as 16 kHz mono, kept whole up to a bound so that another model can start over. */
export class Utterance {
  readonly #converter = new PcmConverter(SPEECH_RATE_HZ);
  readonly #maxSamples: number;
  #pieces: Float32Array[] = [];
  #whole: Float32Array | undefined;
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

  /**
   * Audio after the end is ignored. What lies beyond the bound is not kept.
   * @throws {SessionError} `unsupported-audio`, `too-long`
   */
  push(format: PcmFormat, bytes: Uint8Array): void {
    if (this.#ended) return;
    const samples = this.#converter.push(format, bytes);
    const room = this.#maxSamples - this.#length;
    this.#append(samples.subarray(0, room));
    if (samples.length <= room) return;
    throw new SessionError(
      "too-long",
      `The audio is longer than ${this.#maxSamples / SPEECH_RATE_HZ} s. Send shorter pieces or raise wyoming.max_audio_seconds.`,
    );
  }

  end(): void {
    if (this.#ended) return;
    const tail = this.#converter.flush();
    this.#append(tail.subarray(0, this.#maxSamples - this.#length));
    this.#ended = true;
    this.#wakeAll();
  }

  /** Ends, and lets go of the audio: nobody will read it again. Its length is still known. */
  discard(): void {
    this.end();
    this.#pieces = [];
    this.#whole = undefined;
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

  /** All samples in one piece, once the audio has ended. Shared by all who ask: not to be changed. */
  async whole(signal: AbortSignal): Promise<Float32Array> {
    for await (const _ of this.read(signal));
    this.#whole ??= concatSamples(this.#pieces);
    return this.#whole;
  }

  #append(samples: Float32Array): void {
    if (samples.length === 0) return;
    for (let at = 0; at < samples.length; at += MAX_PIECE_SAMPLES) {
      this.#pieces.push(samples.subarray(at, at + MAX_PIECE_SAMPLES));
    }
    this.#length += samples.length;
    this.#wakeAll();
  }

  #wakeAll(): void {
    const readers = this.#readers;
    this.#readers = [];
    for (const wake of readers) wake();
  }
}
