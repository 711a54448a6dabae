import { PcmConverter } from "../audio/converter.js";
import { type PcmFormat, SPEECH_RATE_HZ } from "../audio/pcm.js";

/** Some of an endless stream. */
export interface LivePiece {
  readonly samples: Float32Array;
  /** Samples of the stream up to the end of this piece, lost ones included. */
  readonly endSample: number;
}

/** Endless audio on its way to a detector, as 16 kHz mono. When the reader falls behind the oldest audio is dropped. */
export class LiveAudio {
  readonly #converter = new PcmConverter(SPEECH_RATE_HZ);
  readonly #maxSamples: number;
  readonly #pieces: Float32Array[] = [];
  #waiting = 0;
  #passed = 0;
  #droppedSamples = 0;
  #ended = false;
  #wake: (() => void) | undefined;

  constructor(backlogSeconds: number) {
    this.#maxSamples = backlogSeconds * SPEECH_RATE_HZ;
  }

  /** Samples lost so far because the reader was too slow. */
  get droppedSamples(): number {
    return this.#droppedSamples;
  }

  /** Audio after the end is ignored. @throws {SessionError} `unsupported-audio` */
  push(format: PcmFormat, bytes: Uint8Array): void {
    if (this.#ended) return;
    const samples = this.#converter.push(format, bytes);
    if (samples.length === 0) return;
    this.#pieces.push(samples);
    this.#waiting += samples.length;
    while (this.#waiting > this.#maxSamples && this.#pieces.length > 1) this.#droppedSamples += this.#shift();
    this.#wake?.();
  }

  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  /** Pieces in order until the end or an abort; what had arrived before the end still comes. One reader at a time. */
  async *read(signal: AbortSignal): AsyncGenerator<LivePiece> {
    const onAbort = () => this.#wake?.();
    signal.addEventListener("abort", onAbort);
    try {
      while (!signal.aborted) {
        const samples = this.#pieces[0];
        if (samples) {
          this.#shift();
          yield { samples, endSample: this.#passed };
        } else if (this.#ended) return;
        else
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
      }
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  #shift(): number {
    const length = this.#pieces.shift()?.length ?? 0;
    this.#waiting -= length;
    this.#passed += length;
    return length;
  }
}
