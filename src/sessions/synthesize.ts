import type { PcmFormat } from "../audio/pcm.js";
import type { Clock, Timer } from "../base/clock.js";
import { SessionError } from "../base/errors.js";
import type { ModelManifest } from "../catalog/manifest.js";
import type { ModelLeaser } from "../residency/lease.js";
import type { AudioCache, SpokenAudio } from "./audio-cache.js";
import { Descent, type Footing, type LadderSource } from "./ladder.js";
import { RecordedPieces } from "./recorded-pieces.js";
import type { RunningTrace } from "./request-log.js";
import { speechRequest, spokenKey, type TextHints } from "./speech-request.js";
import type { SynthesizeRequest, SynthesizeSession } from "./voice.js";
import { soundFormat, soundOf } from "./voice-sound.js";

/** What syntheses share. */
export interface SynthesizeTools {
  readonly leaser: ModelLeaser;
  readonly ladders: LadderSource;
  readonly clock: Clock;
  readonly deadlineMs: number;
  readonly prepare?: TextHints["prepare"];
  /** The language a text looks like; asked only when the request names none. @param voice asked for by name */
  readonly languageOf?: (text: string, voice?: string) => string | undefined;
  readonly cache?: AudioCache;
}

/** A reader that takes nothing for this long has gone without a word; its voice goes back. */
const READER_PATIENCE_MS = 120_000;

/** What was found to play: a sentence kept from before, or a voice ready to speak it. */
type Start = { readonly kept: SpokenAudio } | { readonly footing: Footing };

/** One text spoken. Falls back to another voice as long as nothing has sounded yet. */
export class Synthesis implements SynthesizeSession {
  readonly id: string;
  readonly format: Promise<PcmFormat>;
  readonly audio: AsyncIterable<Uint8Array>;
  readonly #tools: SynthesizeTools;
  readonly #request: SynthesizeRequest;
  readonly #trace: RunningTrace;
  readonly #abort = new AbortController();
  readonly #hints: TextHints;
  readonly #rungs: readonly ModelManifest[];
  readonly #descent: Descent;
  readonly #start: Promise<Start>;
  #footing: Footing | undefined;
  #reading = false;
  #readerTimer: Timer | undefined;

  constructor(tools: SynthesizeTools, request: SynthesizeRequest, trace: RunningTrace) {
    this.id = trace.id;
    this.#tools = tools;
    this.#request = request;
    this.#trace = trace;
    const { leaser, ladders, clock, deadlineMs, prepare } = tools;
    const { text, voice } = request;
    const guessed = request.language ? undefined : tools.languageOf?.(text, voice);
    this.#hints = { ...(prepare ? { prepare } : {}), ...(guessed ? { guessed } : {}) };
    const language = request.language ?? guessed;
    if (language) trace.set({ language });
    this.#rungs = ladders.ladder("tts", {
      text,
      ...(language ? { language } : {}),
      ...(voice ? { wanted: voice } : {}),
    });
    const endsAtMs = clock.monotonicMs() + deadlineMs;
    const leftMs = () => endsAtMs - clock.monotonicMs();
    this.#descent = new Descent({ leaser, rungs: this.#rungs, trace, leftMs });
    this.#start = this.#findStart();
    this.format = this.#start.then((start) => this.#formatOf(start));
    // Whoever only iterates the audio hears of the failure there.
    this.format.catch(() => undefined);
    this.audio = this.#stream();
  }

  cancel(): void {
    this.#end("cancelled");
  }

  async #findStart(): Promise<Start> {
    try {
      const start = this.#findKept() ?? { footing: await this.#step() };
      // A model that cannot sound is found out here, while the session still ends with it.
      this.#formatOf(start);
      if (!this.#reading) this.#awaitReader();
      return start;
    } catch (error) {
      this.#end("failed", error);
      throw error;
    }
  }

  #findKept(): Start | undefined {
    const [first] = this.#rungs;
    const { cache } = this.#tools;
    const kept = first && cache?.get(spokenKey(first, this.#request, this.#hints));
    if (!kept) return undefined;
    this.#trace.set({ model: first.id });
    this.#trace.stage("kept from before");
    return { kept };
  }

  /** The next voice. Its lease is kept until the end of the session; the one before is given back first. */
  async #step(): Promise<Footing> {
    this.#footing?.lease.release();
    this.#footing = await this.#descent.step(this.#abort.signal);
    // Between the lease's arrival and here the session may have ended; then its end has not seen this lease.
    if (this.#abort.signal.aborted) this.#footing.lease.release();
    this.#abort.signal.throwIfAborted();
    return this.#footing;
  }

  async *#stream(): AsyncGenerator<Uint8Array> {
    const { signal } = this.#abort;
    this.#reading = true;
    this.#readerTimer?.cancel();
    try {
      const start = await this.#start;
      let sounded = false;
      for await (const bytes of "kept" in start ? start.kept.pieces : this.#speak(start.footing)) {
        signal.throwIfAborted();
        if (!sounded) this.#trace.stage("first audio");
        sounded = true;
        this.#awaitReader();
        yield bytes;
        this.#readerTimer?.cancel();
      }
      signal.throwIfAborted();
      this.#end("done");
    } catch (error) {
      this.#end("failed", error);
      throw error;
    } finally {
      // Does nothing after the ends above: the consumer has left early.
      this.#end("cancelled");
    }
  }

  /** The text spoken by the first voice that brings out a sound, all at the first voice's rate. */
  async *#speak(first: Footing): AsyncGenerator<Uint8Array> {
    const format = this.#formatOf({ footing: first });
    for (let footing = first; ; ) {
      const record = new RecordedPieces(this.#tools.cache?.maxEntryBytes ?? 0);
      let sounded = false;
      try {
        this.#trace.stage("synthesis");
        const request = speechRequest(footing.manifest, this.#request, this.#hints);
        for await (const bytes of soundOf(footing.lease, request, format.rateHz, this.#abort.signal)) {
          sounded = true;
          record.add(bytes);
          yield bytes;
        }
        // Workers end early and without an error when the signal aborts: that is not the whole text.
        this.#abort.signal.throwIfAborted();
        const { pieces } = record;
        const key = spokenKey(footing.manifest, this.#request, this.#hints);
        if (pieces) this.#tools.cache?.put(key, { format, pieces });
        return;
      } catch (error) {
        if (sounded || this.#abort.signal.aborted || error instanceof SessionError) throw error;
        this.#descent.fell(footing.manifest, error);
        footing = await this.#step();
      }
    }
  }

  #formatOf(start: Start): PcmFormat {
    if ("kept" in start) return start.kept.format;
    return soundFormat(start.footing.lease, this.#request.rateHz);
  }

  /** Until the reader takes the next piece. */
  #awaitReader(): void {
    this.#readerTimer?.cancel();
    if (this.#abort.signal.aborted) return;
    this.#readerTimer = this.#tools.clock.after(READER_PATIENCE_MS, () => {
      this.#end("cancelled", new SessionError("cancelled", "Nobody listened to the sound."));
    });
  }

  /** Only the first call counts. */
  #end(outcome: "done" | "failed" | "cancelled", error?: unknown): void {
    this.#trace.end(outcome, error);
    this.#abort.abort(error ?? new SessionError("cancelled", "The request was cancelled."));
    this.#readerTimer?.cancel();
    this.#footing?.lease.release();
  }
}
