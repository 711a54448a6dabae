import type { PcmFormat } from "../audio/pcm.js";
import type { Clock } from "../base/clock.js";
import { withDeadline } from "../base/deadline.js";
import { SessionError, WorkerError } from "../base/errors.js";
import type { Transcript } from "../engines/capability.js";
import type { ModelLeaser } from "../residency/lease.js";
import { Descent, type Footing, type LadderSource } from "./ladder.js";
import type { RunningTrace } from "./request-log.js";
import { type Segment, segmentSpeech } from "./segment-speech.js";
import type { Slots } from "./slots.js";
import type { SpeechProbabilities, SpeechWatch } from "./speech-watch.js";
import { Utterance } from "./utterance.js";
import type { TranscribeRequest, TranscribeResult, TranscribeSession } from "./voice.js";

/** What transcriptions share. */
export interface TranscribeTools {
  readonly leaser: ModelLeaser;
  readonly ladders: LadderSource;
  readonly slots: Slots;
  readonly clock: Clock;
  /** Absent when there is no voice detector. */
  readonly watch?: SpeechWatch;
  readonly defaultLanguage: string;
  readonly deadlineMs: number;
  readonly maxSeconds: number;
  readonly trimSilence: boolean;
  readonly speechThreshold: number;
  /** Silence that ends an utterance when the caller asked for endpointing. */
  readonly endSilenceSeconds: number;
}

const RATE_HZ = 16_000;
const MARGIN_SAMPLES = 0.2 * RATE_HZ;
const JOIN_SAMPLES = 0.8 * RATE_HZ;
/** Streams take audio in small pieces so that results come while people speak. */
const PIECE_SAMPLES = 0.25 * RATE_HZ;

/** One utterance: buffers, finds speech, waits for a model, decodes, and tries again elsewhere when a model dies. */
export class Transcription implements TranscribeSession {
  readonly id: string;
  readonly #tools: TranscribeTools;
  readonly #request: TranscribeRequest;
  readonly #language: string;
  readonly #trace: RunningTrace;
  readonly #utterance: Utterance;
  readonly #abort = new AbortController();
  readonly #speech: Promise<SpeechProbabilities | undefined>;
  #work: Promise<TranscribeResult> | undefined;

  constructor(tools: TranscribeTools, request: TranscribeRequest, trace: RunningTrace) {
    this.id = trace.id;
    this.#tools = tools;
    this.#request = request;
    this.#language = request.language ?? tools.defaultLanguage;
    this.#trace = trace;
    this.#utterance = new Utterance(tools.maxSeconds);
    const endOfSpeech = {
      threshold: tools.speechThreshold,
      minSpeechSeconds: 0.3,
      silenceSeconds: tools.endSilenceSeconds,
      onEnd: () => {
        this.#utterance.end();
        request.onEndOfSpeech?.();
      },
    };
    const watch = tools.trimSilence || request.endpointing ? tools.watch : undefined;
    this.#speech =
      watch?.follow(this.#utterance, this.#abort.signal, request.endpointing ? endOfSpeech : undefined) ??
      Promise.resolve(undefined);
  }

  accept(format: PcmFormat, bytes: Uint8Array): void {
    this.#utterance.push(format, bytes);
    // The model starts loading with the first audio, and a streaming engine decodes from then on.
    if (!this.#work && this.#utterance.samples > 0) this.#start();
  }

  async finish(): Promise<TranscribeResult> {
    this.#utterance.end();
    this.#trace.stage("audio ended");
    if (this.#utterance.samples === 0) {
      this.#close("done");
      return { text: "", model: "" };
    }
    this.#trace.set({ audioSeconds: this.#utterance.seconds });
    const { clock, deadlineMs } = this.#tools;
    try {
      const result = await withDeadline(this.#start(), {
        clock,
        limitMs: deadlineMs,
        signal: this.#abort.signal,
        late: () =>
          new SessionError(
            "deadline",
            `No text after ${deadlineMs / 1000} s. Try a smaller model, or preload it.`,
          ),
      });
      this.#trace.stage("text");
      this.#trace.log.debug("recognised", { text: result.text, model: result.model });
      this.#close("done");
      return result;
    } catch (error) {
      this.#close(this.#abort.signal.aborted ? "cancelled" : "failed", error);
      throw error;
    }
  }

  cancel(): void {
    this.#close("cancelled");
  }

  #close(outcome: "done" | "failed" | "cancelled", error?: unknown): void {
    this.#trace.end(outcome, error);
    this.#utterance.end();
    this.#abort.abort(new SessionError("cancelled", "The request was cancelled."));
  }

  #start(): Promise<TranscribeResult> {
    if (!this.#work) {
      this.#work = this.#transcribe();
      // finish() reports the failure; until then it must not count as unhandled.
      this.#work.catch(() => undefined);
    }
    return this.#work;
  }

  async #transcribe(): Promise<TranscribeResult> {
    const { leaser, ladders, clock, deadlineMs } = this.#tools;
    const rungs = ladders.ladder("stt", {
      language: this.#language,
      ...(this.#request.model ? { wanted: this.#request.model } : {}),
    });
    this.#trace.set({ language: this.#language });
    const descent = new Descent({ leaser, clock, rungs, trace: this.#trace, deadlineMs });
    const secondTry = new Set<string>();
    for (;;) {
      const footing = await descent.step(this.#abort.signal);
      try {
        const transcript = await this.#decode(footing);
        const { degraded } = footing;
        return { ...transcript, model: footing.manifest.id, ...(degraded ? { degraded } : {}) };
      } catch (error) {
        this.#abort.signal.throwIfAborted();
        if (error instanceof SessionError) throw error;
        descent.fell(footing.manifest, error);
        // A process that dies once often does well the second time: it may have been killed for memory.
        if (error instanceof WorkerError && !secondTry.has(footing.manifest.id)) {
          secondTry.add(footing.manifest.id);
          descent.again(footing.manifest);
        }
      } finally {
        footing.lease.release();
      }
    }
  }

  #decode(footing: Footing): Promise<Transcript> {
    const { loaded } = footing.lease;
    if (loaded.capability !== "stt")
      throw new SessionError("no-model", `${footing.manifest.id} does not recognise speech.`);
    return loaded.streaming ? this.#decodeLive(footing) : this.#decodeWhole(footing, loaded.maxSamples);
  }

  /** For engines that decode while audio arrives. */
  async #decodeLive({ lease }: Footing): Promise<Transcript> {
    const channel = await lease.worker.openSpeech(lease.model, this.#options());
    try {
      this.#trace.stage("decode");
      for await (const piece of this.#utterance.read(this.#abort.signal)) {
        const partial = await channel.accept(piece);
        if (partial !== undefined) this.#request.onPartial?.(partial);
      }
      return await channel.finish();
    } finally {
      channel.cancel();
    }
  }

  /** For engines that take an utterance in one piece: silence cut off, long audio cut at pauses. */
  async #decodeWhole({ lease }: Footing, maxSamples: number | undefined): Promise<Transcript> {
    for await (const _ of this.#utterance.read(this.#abort.signal));
    const samples = this.#utterance.whole();
    const segments = await this.#segments(samples.length, maxSamples ?? Number.POSITIVE_INFINITY);
    const group = `${this.#request.origin.gateway} ${this.#request.origin.peer ?? ""}`;
    this.#trace.stage("queued");
    return this.#tools.slots.run(group, this.#abort.signal, async () => {
      this.#trace.stage("decode");
      const parts: Transcript[] = [];
      for (const { from, to } of segments) {
        const channel = await lease.worker.openSpeech(lease.model, this.#options());
        try {
          for (let at = from; at < to; at += PIECE_SAMPLES * 4) {
            await channel.accept(samples.subarray(at, Math.min(to, at + PIECE_SAMPLES * 4)));
          }
          parts.push(await channel.finish());
        } finally {
          channel.cancel();
        }
        this.#abort.signal.throwIfAborted();
      }
      return joinTranscripts(parts, segments);
    });
  }

  async #segments(length: number, maxSamples: number): Promise<readonly Segment[]> {
    const speech = await this.#speech;
    if (!speech) return fixedPieces(length, maxSamples);
    return segmentSpeech(speech.probabilities, length, {
      threshold: this.#tools.speechThreshold,
      frameSamples: speech.frameSamples,
      marginSamples: MARGIN_SAMPLES,
      joinSamples: JOIN_SAMPLES,
      maxSamples,
    });
  }

  #options() {
    const { terms } = this.#request;
    return { language: this.#language, ...(terms ? { terms } : {}) };
  }
}

function fixedPieces(length: number, maxSamples: number): readonly Segment[] {
  const pieces: Segment[] = [];
  for (let from = 0; from < length; from += maxSamples)
    pieces.push({ from, to: Math.min(length, from + maxSamples) });
  return pieces;
}

/** One transcript from those of the segments, word times shifted to the utterance. */
export function joinTranscripts(parts: readonly Transcript[], segments: readonly Segment[]): Transcript {
  const known = parts.map(({ confidence }) => confidence).filter((value) => value !== undefined);
  const language = parts.find((part) => part.language)?.language;
  const words = parts.flatMap((part, index) => {
    const shift = (segments[index]?.from ?? 0) / RATE_HZ;
    return (part.words ?? []).map((word) => ({
      ...word,
      startSeconds: word.startSeconds + shift,
      endSeconds: word.endSeconds + shift,
    }));
  });
  return {
    text: parts
      .map(({ text }) => text.trim())
      .filter((text) => text !== "")
      .join(" "),
    ...(language ? { language } : {}),
    ...(known.length > 0 ? { confidence: Math.min(...known) } : {}),
    ...(words.length > 0 ? { words } : {}),
  };
}
