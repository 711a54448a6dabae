import type { OfflineTts } from "sherpa-onnx-node";
import { EngineError, messageOf } from "../../base/errors.js";
import { SentenceSplitter } from "../../text/sentences.js";
import { stripSsml } from "../../text/ssml.js";
import type { SpeechRequest, TextToSpeech } from "../capability.js";
import { Lane } from "../lane.js";
import { spokenPieces } from "./spoken-pieces.js";

export interface PiperVoiceOptions {
  readonly tts: OfflineTts;
  readonly speakers: ReadonlyMap<string, number>;
  /** Number of the speaker when a request names none or an unknown one. */
  readonly defaultSpeaker: number;
  /** Above 1 is slower; a request's speed comes on top. */
  readonly lengthScale: number;
}

const SPEED = { slowest: 0.25, fastest: 4 } as const;

/** Text without any of these has no sound; the network would make a noise of its own. */
const SPEAKABLE = /[\p{L}\p{N}\p{Sc}%&@+=°]/u;

/** Broken characters and control codes: the text goes through C, which ends it at a zero. */
const UNSOUND = /\p{Surrogate}|\p{Control}/gu;

/** A loaded Piper voice. Speaks sentence by sentence, one sentence ahead of the listener. */
export class PiperVoice implements TextToSpeech {
  readonly capability = "tts";
  readonly rateHz: number;
  readonly speakers: readonly string[];
  readonly #options: PiperVoiceOptions;
  /** The phonemes come from a library that keeps one text at a time. */
  readonly #lane = new Lane();

  constructor(options: PiperVoiceOptions) {
    this.#options = options;
    this.rateHz = options.tts.sampleRate;
    this.speakers = [...options.speakers.keys()];
  }

  async *synthesize(request: SpeechRequest, signal: AbortSignal): AsyncGenerator<Float32Array> {
    const speak = (text: string | undefined) => {
      if (text === undefined) return undefined;
      const spoken = this.#lane.run(() => this.#speak(text, request, signal));
      // The listener may leave before this sentence's turn; then nobody asks for its failure.
      spoken.catch(() => undefined);
      return spoken;
    };
    const [first, ...others] = speakablePieces(request, this.#pace(request));
    let next = speak(first);
    try {
      for (const text of [...others, undefined]) {
        const samples = await next;
        if (samples === undefined || signal.aborted) return;
        next = speak(text);
        if (samples.length > 0) yield samples;
      }
    } finally {
      await next?.catch(() => undefined);
    }
  }

  /** sherpa-onnx has no call to free a model; the worker's end does. */
  async close(): Promise<void> {
    await this.#lane.run(async () => undefined);
  }

  /** Above 1 is quicker than the network was taught. */
  #pace({ speed = 1 }: SpeechRequest): number {
    return Math.min(SPEED.fastest, Math.max(SPEED.slowest, speed)) / this.#options.lengthScale;
  }

  async #speak(text: string, request: SpeechRequest, signal: AbortSignal): Promise<Float32Array> {
    if (signal.aborted) return new Float32Array(0);
    const { speaker } = request;
    const { tts, speakers, defaultSpeaker } = this.#options;
    try {
      const { samples } = await tts.generateAsync({
        text,
        sid: (speaker === undefined ? undefined : speakers.get(speaker)) ?? defaultSpeaker,
        // sherpa-onnx takes a speed for the whole of the length scale.
        speed: this.#pace(request),
        enableExternalBuffer: false,
        onProgress: () => !signal.aborted,
      });
      return samples.map((sample) => Math.min(1, Math.max(-1, sample)));
    } catch (error) {
      throw new EngineError("engine-failed", `Piper could not speak: ${messageOf(error)}`, { cause: error });
    }
  }
}

function speakablePieces({ text, ssml }: SpeechRequest, pace: number): readonly string[] {
  const sound = (ssml ? stripSsml(text) : text).replace(UNSOUND, " ");
  const splitter = new SentenceSplitter();
  return [...splitter.push(sound), ...splitter.flush()]
    .flatMap((sentence) => spokenPieces(sentence, pace))
    .filter((piece) => SPEAKABLE.test(piece));
}
