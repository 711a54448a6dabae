import { BoundedQueue } from "../../base/bounded-queue.js";
import { type SynthesizeStart, synthesizeStopped } from "../../protocol/wyoming/tts.js";
import type { SynthesizeSession, VoiceSessions } from "../../sessions/voice.js";
import type { SentenceCutter } from "./options.js";
import type { Peer } from "./peer.js";
import { type Manner, mannerOf, speakSentence, textTooLong } from "./speak.js";

export interface SpeechStreamOptions {
  readonly peer: Peer;
  readonly voice: VoiceSessions;
  readonly request: SynthesizeStart;
  readonly sentences: SentenceCutter;
  readonly textChars: number;
}

/**
 * Speech for text that is still being written: each sentence is spoken as soon as it is complete, in a group of its
 * own. All groups have the format of the first, since peers read only that one.
 */
export class SpeechStream {
  /** Settles when all has been said, or with the error that ended it. */
  readonly spoken: Promise<void>;
  readonly #options: SpeechStreamOptions;
  readonly #manner: Manner;
  readonly #sentences: BoundedQueue<string>;
  #chars = 0;
  /** Markup is spoken in one piece: cut into sentences its tags would no longer match. */
  #markup = "";
  #speaking: SynthesizeSession | undefined;
  #isSpeaking = false;
  #cancelled = false;

  constructor(options: SpeechStreamOptions) {
    this.#options = options;
    this.#manner = mannerOf(options.request);
    this.#sentences = new BoundedQueue({ limit: options.textChars, weigh: (text) => text.length });
    this.spoken = this.#speak();
    // The owner hears of a failure whenever it asks; until then it must not count as unhandled.
    this.spoken.catch(() => undefined);
  }

  /** True while there is something to say. */
  get isSpeaking(): boolean {
    return this.#isSpeaking || this.#sentences.size > 0;
  }

  /** @throws {SessionError} `too-long` */
  add(text: string): void {
    const { textChars, sentences } = this.#options;
    this.#chars += text.length;
    if (this.#chars > textChars) throw textTooLong(textChars);
    if (this.#manner.ssml) this.#markup += text;
    else this.#queue(sentences.push(text));
  }

  /** No more text: says the rest, then `synthesize-stopped`. @throws what the sessions throw */
  async finish(): Promise<void> {
    this.#queue(this.#markup === "" ? this.#options.sentences.flush() : [this.#markup]);
    this.#sentences.close();
    await this.spoken;
    await this.#options.peer.send(synthesizeStopped.encode({}));
  }

  cancel(): void {
    this.#cancelled = true;
    this.#sentences.clear();
    this.#speaking?.cancel();
  }

  #queue(sentences: readonly string[]): void {
    for (const sentence of sentences) {
      if (!this.#sentences.tryPush(sentence)) throw textTooLong(this.#options.textChars);
    }
  }

  async #speak(): Promise<void> {
    const { peer, voice } = this.#options;
    let rateHz: number | undefined;
    for await (const text of this.#sentences) {
      if (this.#cancelled) return;
      this.#isSpeaking = true;
      const session = voice.synthesize({
        origin: peer.origin,
        text,
        ...this.#manner,
        ...(rateHz === undefined ? {} : { rateHz }),
      });
      this.#speaking = session;
      const format = await speakSentence(peer, session);
      rateHz ??= format.rateHz;
      this.#isSpeaking = false;
    }
  }
}
