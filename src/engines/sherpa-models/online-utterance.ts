import type { OnlineRecognizer, OnlineStream } from "sherpa-onnx-node";
import { EngineError, messageOf } from "../../base/errors.js";
import { ENGINE_RATE_HZ, type SpeechSoFar, type SpeechStream, type Transcript } from "../capability.js";

/** Silence around the speech, which the networks' windows need to begin and to see its end. */
const LEAD_SECONDS = 0.3;
const TAIL_SECONDS = 0.8;

/** Longest audio handed over at once, so that a cancel gets in between. */
const BLOCK_SAMPLES = ENGINE_RATE_HZ / 2;

/** Shorter than this no word fits in. */
const MIN_SAMPLES = 0.1 * ENGINE_RATE_HZ;

const silence = (seconds: number) => new Float32Array(seconds * ENGINE_RATE_HZ);

export interface OnlineUtteranceOptions {
  readonly recognizer: OnlineRecognizer;
  readonly language: string | undefined;
  /** Puts the model's text into readable letters. */
  readonly readable: (text: string) => string;
}

/**
 * One utterance of a model that hears while audio arrives. Decoding blocks the thread for the length of one of the
 * network's windows at a time.
 */
export class OnlineUtterance implements SpeechStream {
  readonly #options: OnlineUtteranceOptions;
  readonly #stream: OnlineStream;
  #lastText = "";
  #heardSamples = 0;
  #cancelled = false;

  constructor(options: OnlineUtteranceOptions) {
    this.#options = options;
    this.#stream = options.recognizer.createStream();
    this.#feed(silence(LEAD_SECONDS));
  }

  async accept(samples: Float32Array): Promise<SpeechSoFar | undefined> {
    this.#heardSamples += samples.length;
    for (let start = 0; start < samples.length; start += BLOCK_SAMPLES) {
      this.#feed(samples.subarray(start, start + BLOCK_SAMPLES));
      await this.#decode();
    }
    const text = this.#text();
    if (text === this.#lastText) return undefined;
    this.#lastText = text;
    // Greedy search never takes a word back, but the last one may still grow.
    return { text, settled: text.slice(0, Math.max(0, text.lastIndexOf(" "))) };
  }

  async finish(): Promise<Transcript> {
    if (this.#heardSamples < MIN_SAMPLES) return { text: "" };
    this.#feed(silence(TAIL_SECONDS));
    this.#stream.inputFinished();
    await this.#decode();
    const { language } = this.#options;
    return { text: this.#text(), ...(language === undefined ? {} : { language }) };
  }

  /** The native stream is freed by garbage collection. */
  async cancel(): Promise<void> {
    this.#cancelled = true;
  }

  #feed(samples: Float32Array): void {
    const sound = samples.map((sample) => (Number.isFinite(sample) ? sample : 0));
    this.#stream.acceptWaveform({ samples: sound, sampleRate: ENGINE_RATE_HZ });
  }

  async #decode(): Promise<void> {
    const { recognizer } = this.#options;
    while (recognizer.isReady(this.#stream)) {
      if (this.#cancelled) throw new EngineError("engine-failed", "The utterance was cancelled.");
      try {
        recognizer.decode(this.#stream);
      } catch (error) {
        throw new EngineError("engine-failed", `sherpa-onnx could not transcribe: ${messageOf(error)}`, {
          cause: error,
        });
      }
      // Lets messages in, a cancel among them.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  #text(): string {
    const { recognizer, readable } = this.#options;
    return readable(recognizer.getResult(this.#stream).text.trim());
  }
}
