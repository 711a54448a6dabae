import type { PcmFormat } from "../audio/pcm.js";
import { withDeadline } from "../base/deadline.js";
import { messageOf, SessionError } from "../base/errors.js";
import { type TextStyle, tidyTranscript } from "../text/tidy-transcript.js";
import type { DecodeJob } from "./decode.js";
import { prefetchFirst } from "./prefetch.js";
import { type RecogniseTools, recognise } from "./recognise.js";
import type { RunningTrace } from "./request-log.js";
import type { SpeechProbabilities, SpeechWatch } from "./speech-watch.js";
import { Utterance } from "./utterance.js";
import type { TranscribeRequest, TranscribeResult, TranscribeSession } from "./voice.js";

/** What transcriptions share. */
export interface TranscribeTools extends RecogniseTools {
  /** Absent when there is no voice detector. */
  readonly watch?: SpeechWatch;
  readonly defaultLanguage: string;
  readonly deadlineMs: number;
  readonly maxSeconds: number;
  readonly trimSilence: boolean;
  /** How texts are written; absent leaves them as the model wrote them. */
  readonly textStyle?: TextStyle;
  /** Silence that ends an utterance when the caller asked for endpointing. */
  readonly endSilenceSeconds: number;
}

/** Speech this long must have been heard before silence can end an utterance. */
const MIN_SPEECH_SECONDS = 0.3;

/** One utterance: buffers, has speech found and text recognised beside it, and lets go of everything at its end. */
export class Transcription implements TranscribeSession {
  readonly id: string;
  readonly #tools: TranscribeTools;
  readonly #request: TranscribeRequest;
  readonly #language: string;
  readonly #trace: RunningTrace;
  readonly #utterance: Utterance;
  readonly #abort = new AbortController();
  readonly #ended: Promise<void>;
  #onEnded: () => void = () => undefined;
  #endedAtMs: number | undefined;
  #work: Promise<TranscribeResult> | undefined;
  #finished: Promise<TranscribeResult> | undefined;

  constructor(tools: TranscribeTools, request: TranscribeRequest, trace: RunningTrace) {
    this.id = trace.id;
    this.#tools = tools;
    this.#request = request;
    this.#language = request.language ?? tools.defaultLanguage;
    this.#trace = trace;
    this.#utterance = new Utterance(tools.maxSeconds);
    this.#ended = new Promise((resolve) => {
      this.#onEnded = resolve;
    });
  }

  /** Too much audio fails the whole request; with endpointing it is the end of speech instead. */
  accept(format: PcmFormat, bytes: Uint8Array): void {
    try {
      this.#utterance.push(format, bytes);
    } catch (error) {
      if (!(error instanceof SessionError && error.code === "too-long")) throw error;
      if (!this.#request.endpointing) {
        this.#close("failed", error);
        throw error;
      }
      this.#endOfSpeech();
    }
    // The model starts loading with the first audio, and a streaming engine decodes from then on.
    if (this.#utterance.samples > 0 && !this.#abort.signal.aborted) this.#start();
  }

  finish(): Promise<TranscribeResult> {
    this.#finished ??= this.#finish();
    return this.#finished;
  }

  cancel(): void {
    this.#close("cancelled");
  }

  async #finish(): Promise<TranscribeResult> {
    const { signal } = this.#abort;
    signal.throwIfAborted();
    this.#endAudio();
    if (this.#utterance.samples === 0) {
      this.#close("done");
      return { text: "", model: "" };
    }
    this.#trace.set({ audioSeconds: this.#utterance.seconds });
    const { clock, deadlineMs } = this.#tools;
    const late = () =>
      new SessionError(
        "deadline",
        `No text after ${deadlineMs / 1000} s. Try a smaller model, or preload it.`,
      );
    try {
      const result = await withDeadline(this.#start(), { clock, limitMs: deadlineMs, signal, late });
      const { text, model, degraded, decided, why } = result;
      this.#trace.stage("text");
      this.#trace.set({ model, ...(degraded ? { degraded } : {}) });
      if (decided) this.#trace.set({ decided, ...(why ? { why } : {}) });
      this.#trace.log.debug("recognised", { text, model, ...(decided ? { decided, why } : {}) });
      this.#close("done");
      return result;
    } catch (error) {
      this.#close(signal.aborted ? "cancelled" : "failed", error);
      throw error;
    }
  }

  /** Frees all there is. Only the first call counts. */
  #close(outcome: "done" | "failed" | "cancelled", error?: unknown): void {
    this.#trace.end(outcome, error);
    this.#abort.abort(error ?? new SessionError("cancelled", "The request was cancelled."));
    this.#utterance.discard();
  }

  #start(): Promise<TranscribeResult> {
    if (!this.#work) {
      this.#work = this.#recognise();
      // finish() reports the failure; until then it must not count as unhandled.
      this.#work.catch(() => undefined);
    }
    return this.#work;
  }

  async #recognise(): Promise<TranscribeResult> {
    const { language, model, terms, origin, onPartial, onSettled } = this.#request;
    const asked = language ? { language } : {};
    this.#trace.set({ language: this.#language });
    const job: DecodeJob = {
      utterance: this.#utterance,
      speech: this.#watch(),
      options: { ...asked, ...(terms ? { terms } : {}) },
      group: `${origin.gateway} ${origin.peer ?? ""}`,
      trace: this.#trace,
      leftMs: () => this.#leftMs(),
      onPartial: (text) => this.#tell(() => onPartial?.(this.#tidy(text))),
      ...(onSettled && this.#keepsBegins
        ? { onSettled: (text: string) => this.#tell(() => onSettled(this.#tidy(text))) }
        : {}),
    };
    // Whoever speaks is answered: the voice can load while the text is found.
    prefetchFirst(this.#tools, "tts", { language: this.#language });
    const request = { ...asked, ended: this.#ended, ...(model ? { model } : {}) };
    const result = await recognise(this.#tools, job, request, this.#abort.signal);
    return { ...result, text: this.#tidy(result.text, result.language) };
  }

  /** In digits a number may change with the word behind it. */
  get #keepsBegins(): boolean {
    return this.#tools.textStyle?.numbers !== "digits";
  }

  #tidy(text: string, language = this.#language): string {
    const { textStyle } = this.#tools;
    return textStyle ? tidyTranscript(text, textStyle, language) : text;
  }

  async #watch(): Promise<SpeechProbabilities | undefined> {
    const { watch, trimSilence, speechThreshold, endSilenceSeconds } = this.#tools;
    const { endpointing } = this.#request;
    if (!watch || !(trimSilence || endpointing)) return undefined;
    const endOfSpeech = {
      threshold: speechThreshold,
      minSpeechSeconds: MIN_SPEECH_SECONDS,
      silenceSeconds: this.#request.endSilenceSeconds ?? endSilenceSeconds,
      onEnd: () => this.#endOfSpeech(),
    };
    return watch.follow(this.#utterance, this.#abort.signal, endpointing ? endOfSpeech : undefined);
  }

  /** While audio arrives the whole deadline is left: nobody waits for the text yet. */
  #leftMs(): number {
    const { clock, deadlineMs } = this.#tools;
    return deadlineMs - (this.#endedAtMs === undefined ? 0 : clock.monotonicMs() - this.#endedAtMs);
  }

  #endOfSpeech(): void {
    if (this.#endedAtMs !== undefined || this.#abort.signal.aborted) return;
    this.#endAudio();
    this.#tell(() => this.#request.onEndOfSpeech?.());
  }

  #endAudio(): void {
    if (this.#endedAtMs !== undefined) return;
    this.#endedAtMs = this.#tools.clock.monotonicMs();
    this.#utterance.end();
    this.#trace.stage("audio ended");
    this.#onEnded();
  }

  /** A listener's own failure is none of the engine's. */
  #tell(listener: () => void): void {
    if (this.#abort.signal.aborted) return;
    try {
      listener();
    } catch (error) {
      this.#trace.log.error(`A listener of this request failed: ${messageOf(error)}`);
    }
  }
}
