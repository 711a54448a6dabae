import { PcmConverter } from "../audio/converter.js";
import { type PcmFormat, SPEECH_RATE_HZ } from "../audio/pcm.js";

/** Endless audio on its way to a detector, as 16 kHz mono. When the reader falls behind the oldest audio is dropped. */
export class LiveAudio {
  readonly #converter = new PcmConverter(SPEECH_RATE_HZ);
  readonly #maxSamples: number;
  readonly #pieces: Float32Array[] = [];
  #length = 0;
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

  /** @throws {SessionError} `unsupported-audio` */
  push(format: PcmFormat, bytes: Uint8Array): void {
    const samples = this.#converter.push(format, bytes);
    if (this.#ended || samples.length === 0) return;
    this.#pieces.push(samples);
    this.#length += samples.length;
    while (this.#length > this.#maxSamples && this.#pieces.length > 1) {
      const lost = this.#pieces.shift()?.length ?? 0;
      this.#length -= lost;
      this.#droppedSamples += lost;
    }
    this.#wake?.();
  }

  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  /** Pieces in order until the end or an abort. One reader. */
  async *read(signal: AbortSignal): AsyncGenerator<Float32Array> {
    const onAbort = () => this.#wake?.();
    signal.addEventListener("abort", onAbort);
    try {
      for (;;) {
        const piece = this.#pieces.shift();
        if (piece) {
          this.#length -= piece.length;
          yield piece;
        } else if (this.#ended || signal.aborted) return;
        else
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
      }
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }
}
