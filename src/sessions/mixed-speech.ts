import type { PcmFormat } from "../audio/pcm.js";
import { SessionError } from "../base/errors.js";
import type { SynthesizeSession } from "./voice.js";

/** Speaks one part. @param rateHz what the parts before had; undefined for the first */
export type SpeakPart = (text: string, rateHz: number | undefined) => SynthesizeSession;

/** A text in several scripts: each part is spoken by a voice of its language, one after the other in one format. */
export class MixedSpeech implements SynthesizeSession {
  readonly id: string;
  readonly format: Promise<PcmFormat>;
  readonly audio: AsyncIterable<Uint8Array>;
  readonly #rest: readonly string[];
  readonly #speak: SpeakPart;
  #speaking: SynthesizeSession;
  #isCancelled = false;

  constructor(first: string, rest: readonly string[], speak: SpeakPart) {
    this.#rest = rest;
    this.#speak = speak;
    this.#speaking = speak(first, undefined);
    this.id = this.#speaking.id;
    this.format = this.#speaking.format;
    this.audio = this.#stream();
  }

  cancel(): void {
    this.#isCancelled = true;
    this.#speaking.cancel();
  }

  async *#stream(): AsyncGenerator<Uint8Array> {
    yield* this.#speaking.audio;
    const { rateHz } = await this.format;
    for (const text of this.#rest) {
      if (this.#isCancelled) throw new SessionError("cancelled", "The request was cancelled.");
      this.#speaking = this.#speak(text, rateHz);
      yield* this.#speaking.audio;
    }
  }
}
