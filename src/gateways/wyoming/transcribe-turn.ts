import { secondsOf } from "../../audio/pcm.js";
import { SessionError } from "../../base/errors.js";
import {
  type Transcribe,
  transcript,
  transcriptChunk,
  transcriptStart,
  transcriptStop,
} from "../../protocol/wyoming/asr.js";
import type { AudioChunk } from "../../protocol/wyoming/audio.js";
import type { TranscribeSession, VoiceSessions } from "../../sessions/voice.js";
import { onGone, type Peer } from "./peer.js";

export interface TranscribeTurnOptions {
  readonly peer: Peer;
  readonly voice: VoiceSessions;
  /** What the peer asked for; absent when it sent audio without a word. */
  readonly request: Transcribe | undefined;
  /** Told that speech ended, where that is to be found here. */
  readonly onEndOfSpeech?: () => void;
  /** Whether the events of a streamed transcript go around the text. */
  readonly streaming: boolean;
  readonly audioSeconds: number;
}

/**
 * Silence that ends the speech of people who pause, and of those in a hurry, in seconds: what Home Assistant itself takes
 * where it looks for the end. Other words, those to come included, leave it as it is configured.
 */
const END_SILENCE: Readonly<Record<string, number>> = { relaxed: 1.25, aggressive: 0.25 };

/** One utterance of one peer: audio in, a `transcript` out. */
export class TranscribeTurn {
  readonly #options: TranscribeTurnOptions;
  readonly #session: TranscribeSession;
  readonly #forget: () => void;
  #seconds = 0;
  /** Text that went out in chunks. */
  #sent = "";
  #answer: Promise<void> | undefined;

  constructor(options: TranscribeTurnOptions) {
    const { peer, voice, request, onEndOfSpeech, streaming } = options;
    const terms = [...(request?.transcriptNames ?? []), ...(request?.transcriptTerms ?? [])];
    const endSilenceSeconds = endSilenceOf(request);
    this.#options = options;
    this.#session = voice.transcribe({
      origin: peer.origin,
      ...(request?.language ? { language: request.language } : {}),
      ...(request?.name ? { model: request.name } : {}),
      ...(terms.length > 0 ? { terms } : {}),
      ...(streaming ? { onSettled: (text: string) => this.#stream(text) } : {}),
      ...(onEndOfSpeech ? { endpointing: true, onEndOfSpeech } : {}),
      ...(onEndOfSpeech && endSilenceSeconds !== undefined ? { endSilenceSeconds } : {}),
    });
    this.#forget = onGone(peer, () => this.#session.cancel());
  }

  /** Takes a chunk in its own format; ignores it once the answer is on its way. @throws {SessionError} */
  accept({ payload, ...format }: AudioChunk): void {
    if (this.#answer || payload.length === 0) return;
    this.#seconds += secondsOf(format, payload.length);
    const { audioSeconds } = this.#options;
    if (this.#seconds > audioSeconds) {
      throw new SessionError("too-long", `The audio is longer than ${audioSeconds} s. Send shorter pieces.`);
    }
    this.#session.accept(format, payload);
  }

  /** Ends the audio and sends the text; however often it is called, once. @throws what the session throws */
  finish(): Promise<void> {
    this.#answer ??= this.#send();
    return this.#answer;
  }

  cancel(): void {
    this.#forget();
    this.#session.cancel();
  }

  async #send(): Promise<void> {
    const { peer, request, streaming } = this.#options;
    const result = await this.#session.finish();
    this.#forget();
    const spoken = result.language ?? request?.language;
    const language = spoken ? { language: spoken } : {};
    if (streaming) this.#stream(result.text, spoken);
    if (streaming && this.#sent === "") await peer.send(transcriptStart.encode(language));
    // Peers that show more than the text can tell why it may be worse than usual.
    const { model, degraded } = result;
    const context = degraded ? { context: { model, degraded } } : {};
    await peer.send(transcript.encode({ text: result.text, ...language, ...context }));
    if (streaming) await peer.send(transcriptStop.encode({}));
  }

  /**
   * Sends what is new of a text. A chunk cannot be taken back: where another model had to answer after all, no more
   * chunks come, and the transcript tells the whole text as it always does.
   */
  #stream(text: string, language = this.#options.request?.language): void {
    const { peer } = this.#options;
    if (text.length <= this.#sent.length || !text.startsWith(this.#sent)) return;
    // `send` never rejects, and keeps the order.
    if (this.#sent === "") void peer.send(transcriptStart.encode(language ? { language } : {}));
    void peer.send(transcriptChunk.encode({ text: text.slice(this.#sent.length) }));
    this.#sent = text;
  }
}

function endSilenceOf(request: Transcribe | undefined): number | undefined {
  const wanted = request?.vadSensitivity;
  return wanted !== undefined && Object.hasOwn(END_SILENCE, wanted) ? END_SILENCE[wanted] : undefined;
}
