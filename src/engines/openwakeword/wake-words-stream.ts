import { Framer } from "../../audio/framer.js";
import { ENGINE_RATE_HZ, type WakeHit, type WakeOptions, type WakeStream } from "../capability.js";
import { FRAME_SAMPLES, type SpeechFeatures } from "./speech-features.js";
import { Trigger } from "./trigger.js";
import type { WordModel } from "./word-model.js";

interface Listener {
  readonly word: WordModel;
  readonly trigger: Trigger;
}

/** One audio stream in which some words are listened for. */
export class WakeWordsStream implements WakeStream {
  readonly #features: SpeechFeatures;
  readonly #listeners: readonly Listener[];
  readonly #framer = new Framer(FRAME_SAMPLES);
  #frames = 0;
  #cancelled = false;

  /** @param features a stream of its own, with a past as long as the longest word */
  constructor(features: SpeechFeatures, words: readonly WordModel[], options: WakeOptions) {
    this.#features = features;
    this.#listeners = words
      .filter(({ name }) => options.words.length === 0 || options.words.includes(name))
      .map((word) => ({ word, trigger: new Trigger(options) }));
  }

  /** @throws {EngineError} `engine-failed`, `engine-bad-graph` */
  async accept(samples: Float32Array): Promise<readonly WakeHit[]> {
    if (this.#listeners.length === 0) return [];
    const hits: WakeHit[] = [];
    for (const frame of this.#framer.push(samples)) {
      if (this.#cancelled) break;
      await this.#features.hear(frame);
      this.#frames += 1;
      hits.push(...(await this.#hitsNow()));
    }
    return hits;
  }

  cancel(): void {
    this.#cancelled = true;
  }

  async #hitsNow(): Promise<readonly WakeHit[]> {
    const atMs = (this.#frames * FRAME_SAMPLES * 1000) / ENGINE_RATE_HZ;
    const hits: WakeHit[] = [];
    for (const { word, trigger } of this.#listeners) {
      const score = await word.score(this.#features);
      if (trigger.isPulled(score, atMs)) hits.push({ word: word.name, score, atMs });
    }
    return hits;
  }
}
