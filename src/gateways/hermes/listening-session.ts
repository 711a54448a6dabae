import { bytesPerFrame, type PcmFormat, sameFormat } from "../../audio/pcm.js";
import { writeWav } from "../../audio/wav.js";
import type { Timer } from "../../base/clock.js";
import { messageOf, SessionError, VoiceError } from "../../base/errors.js";
import {
  type AsrToken,
  audioCapturedTopic,
  recordingFinished,
  type StartListening,
  textCaptured,
} from "../../protocol/hermes/asr.js";
import type { FrameSource } from "../../protocol/hermes/audio.js";
import { asrError } from "../../protocol/hermes/failure.js";
import { present } from "../../protocol/hermes/fields.js";
import type { TranscribeResult, TranscribeSession } from "../../sessions/voice.js";
import type { AudioFrame } from "./audio-frame.js";
import type { RoleParts } from "./role.js";

export interface ListeningHooks {
  /** True while sound of the site is not to be heard. */
  readonly isMuted: () => boolean;
  /** Called once, when no more sound is taken. */
  readonly onClosed: () => void;
}

/** One utterance of a site, from `startListening` to `textCaptured`. Says exactly one text unless it is cancelled. */
export class ListeningSession {
  readonly sessionId: string | undefined;
  readonly #request: StartListening;
  readonly #parts: RoleParts;
  readonly #hooks: ListeningHooks;
  readonly #recording: Recording | undefined;
  #transcription: TranscribeSession | undefined;
  #release: (() => void) | undefined;
  #deadline: Timer | undefined;
  #closed = false;

  constructor(request: StartListening, parts: RoleParts, hooks: ListeningHooks) {
    this.sessionId = request.sessionId;
    this.#request = request;
    this.#parts = parts;
    this.#hooks = hooks;
    this.#recording = request.sendAudioCaptured ? new Recording(parts.options.maxListenMs) : undefined;
  }

  open(): void {
    const { voices, intake, clock, options, prefetch } = this.#parts;
    const { siteId, lang, stopOnSilence } = this.#request;
    prefetch.prefetchStt(lang);
    try {
      this.#transcription = voices.transcribe({
        origin: { gateway: "hermes", peer: siteId },
        endpointing: stopOnSilence,
        onEndOfSpeech: () => this.finish(),
        ...(lang !== undefined && { language: lang }),
      });
    } catch (error) {
      this.#close();
      this.#fail(error);
      return;
    }
    this.#release = intake.listen(siteId, (source, frame) => this.#hear(source, frame));
    this.#deadline = clock.after(options.maxListenMs, () => this.finish());
  }

  /** Takes no more sound and says what was understood. Does nothing the second time. */
  finish(): void {
    const transcription = this.#transcription;
    if (this.#closed || !transcription) return;
    this.#close();
    this.#parts.inbox.send(recordingFinished, this.#names());
    const startedMs = this.#parts.clock.monotonicMs();
    transcription.finish().then(
      (result) => this.#say(result, (this.#parts.clock.monotonicMs() - startedMs) / 1_000),
      (error) => this.#fail(error),
    );
  }

  /** Forgets all about it. */
  cancel(): void {
    if (this.#closed) return;
    this.#close();
    this.#transcription?.cancel();
  }

  #hear({ sessionId }: FrameSource, { format, pcm }: AudioFrame): void {
    if (this.#closed || this.#hooks.isMuted()) return;
    if (sessionId !== undefined && sessionId !== this.sessionId) return;
    this.#recording?.add(format, pcm);
    try {
      this.#transcription?.accept(format, pcm);
    } catch (error) {
      // So long an utterance is over, and its beginning is worth something; sound nobody can hear is not.
      if (error instanceof SessionError && error.code === "too-long") this.finish();
      else {
        this.cancel();
        this.#fail(error);
      }
    }
  }

  #say(result: TranscribeResult, seconds: number): void {
    const { inbox } = this.#parts;
    const { lang } = this.#request;
    const { text, confidence, language = lang } = result;
    const asrTokens = tokensOf(result);
    inbox.send(textCaptured, {
      text,
      likelihood: text === "" ? 0 : (confidence ?? 1),
      seconds,
      ...this.#names(),
      ...present({ wakewordId: this.#request.wakewordId, lang: language, asrTokens }),
    });
    this.#sendRecording();
  }

  /** An error, and an empty text for those who wait for one. */
  #fail(error: unknown): void {
    if (error instanceof SessionError && error.code === "cancelled") return;
    const { inbox, logger } = this.#parts;
    const { wakewordId, lang } = this.#request;
    logger.warn(`Speech from a satellite was not understood: ${messageOf(error)}`, {
      satellite: this.#request.siteId,
    });
    const context = error instanceof VoiceError ? error.code : "internal";
    inbox.send(asrError, { error: messageOf(error), context, ...this.#names() });
    inbox.send(textCaptured, {
      text: "",
      likelihood: 0,
      seconds: 0,
      ...this.#names(),
      ...present({ wakewordId, lang }),
    });
  }

  #sendRecording(): void {
    const topic = audioCapturedTopic(this.#request);
    const wav = this.#recording?.wav();
    if (topic && wav) void this.#parts.audio.publish({ topic, payload: wav, qos: 0 });
  }

  #close(): void {
    this.#closed = true;
    this.#deadline?.cancel();
    this.#release?.();
    this.#hooks.onClosed();
  }

  #names(): { readonly siteId: string; readonly sessionId?: string } {
    const { siteId } = this.#request;
    return { siteId, ...(this.sessionId !== undefined && { sessionId: this.sessionId }) };
  }
}

/** What was recorded, as long as it is all of one format. */
class Recording {
  readonly #maxSeconds: number;
  readonly #pieces: Uint8Array[] = [];
  #format: PcmFormat | undefined;
  #bytes = 0;

  constructor(maxMs: number) {
    this.#maxSeconds = maxMs / 1_000;
  }

  add(format: PcmFormat, pcm: Uint8Array): void {
    this.#format ??= format;
    const max = this.#maxSeconds * format.rateHz * bytesPerFrame(format);
    if (!sameFormat(this.#format, format) || this.#bytes + pcm.length > max) return;
    this.#pieces.push(Uint8Array.from(pcm));
    this.#bytes += pcm.length;
  }

  wav(): Uint8Array | undefined {
    return this.#format && writeWav(this.#format, Buffer.concat(this.#pieces));
  }
}

/** Words with their places in the text; undefined where the engine tells none, or others than stand in the text. */
function tokensOf({ text, words }: TranscribeResult): readonly (readonly AsrToken[])[] | undefined {
  if (!words || words.length === 0) return undefined;
  const tokens: AsrToken[] = [];
  let from = 0;
  for (const { text: value, startSeconds, endSeconds, confidence } of words) {
    const rangeStart = text.indexOf(value, from);
    if (rangeStart < 0) return undefined;
    from = rangeStart + value.length;
    const time = { start: startSeconds, end: endSeconds };
    tokens.push({ value, confidence: confidence ?? 1, rangeStart, rangeEnd: from, time });
  }
  return [tokens];
}
