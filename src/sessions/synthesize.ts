import { encodePcm16, type PcmFormat } from "../audio/pcm.js";
import { Resampler } from "../audio/resample.js";
import type { Clock } from "../base/clock.js";
import { SessionError, WorkerError } from "../base/errors.js";
import type { ModelLeaser } from "../residency/lease.js";
import { Descent, type Footing, type LadderSource } from "./ladder.js";
import type { RunningTrace } from "./request-log.js";
import type { SynthesizeRequest, SynthesizeSession } from "./voice.js";

/** What syntheses share. */
export interface SynthesizeTools {
  readonly leaser: ModelLeaser;
  readonly ladders: LadderSource;
  readonly clock: Clock;
  readonly deadlineMs: number;
}

/** One text spoken. Falls back to another voice as long as nothing has sounded yet. */
export class Synthesis implements SynthesizeSession {
  readonly id: string;
  readonly format: Promise<PcmFormat>;
  readonly audio: AsyncIterable<Uint8Array>;
  readonly #tools: SynthesizeTools;
  readonly #request: SynthesizeRequest;
  readonly #trace: RunningTrace;
  readonly #abort = new AbortController();
  readonly #descent: Descent;
  readonly #first: Promise<Footing>;
  #footing: Footing | undefined;

  constructor(tools: SynthesizeTools, request: SynthesizeRequest, trace: RunningTrace) {
    this.id = trace.id;
    this.#tools = tools;
    this.#request = request;
    this.#trace = trace;
    this.#descent = this.#ladder();
    this.#first = this.#take(this.#descent.step(this.#abort.signal));
    this.format = this.#first.then((footing) => formatOf(footing, request.rateHz));
    // Whoever only iterates the audio hears of the failure there.
    this.format.catch(() => undefined);
    this.audio = this.#stream();
  }

  cancel(): void {
    this.#end("cancelled");
  }

  #ladder(): Descent {
    const { leaser, ladders, clock, deadlineMs } = this.#tools;
    const { text, language, voice } = this.#request;
    const rungs = ladders.ladder("tts", {
      text,
      ...(language ? { language } : {}),
      ...(voice ? { wanted: voice } : {}),
    });
    return new Descent({ leaser, clock, rungs, trace: this.#trace, deadlineMs });
  }

  /** Keeps the lease until the end, and gives it back at once when the session ended meanwhile. */
  async #take(step: Promise<Footing>): Promise<Footing> {
    try {
      const footing = await step;
      this.#footing?.lease.release();
      this.#footing = footing;
      if (this.#abort.signal.aborted) {
        footing.lease.release();
        throw this.#abort.signal.reason;
      }
      return footing;
    } catch (error) {
      this.#end(this.#abort.signal.aborted ? "cancelled" : "failed", error);
      throw error;
    }
  }

  async *#stream(): AsyncGenerator<Uint8Array> {
    let outcome: "done" | "failed" | "cancelled" = "cancelled";
    let failure: unknown;
    try {
      let footing = await this.#first;
      const { rateHz } = formatOf(footing, this.#request.rateHz);
      let retried = false;
      for (;;) {
        let sounded = false;
        try {
          for await (const bytes of this.#speak(footing, rateHz)) {
            if (!sounded) this.#trace.stage("first audio");
            sounded = true;
            yield bytes;
          }
          outcome = "done";
          return;
        } catch (error) {
          if (sounded || this.#abort.signal.aborted || error instanceof SessionError) throw error;
          this.#descent.fell(footing.manifest, error);
          if (error instanceof WorkerError && !retried) this.#descent.again(footing.manifest);
          retried = true;
          footing = await this.#take(this.#descent.step(this.#abort.signal));
        }
      }
    } catch (error) {
      failure = error;
      outcome = this.#abort.signal.aborted ? "cancelled" : "failed";
      throw error;
    } finally {
      this.#end(outcome, failure);
    }
  }

  async *#speak({ lease }: Footing, rateHz: number): AsyncGenerator<Uint8Array> {
    const { loaded } = lease;
    if (loaded.capability !== "tts") throw new SessionError("no-model", `${lease.model} does not speak.`);
    const { text, language, speaker, speed, ssml } = this.#request;
    const request = {
      text,
      ...(language ? { language } : {}),
      ...(speaker ? { speaker } : {}),
      ...(speed ? { speed } : {}),
      ...(ssml ? { ssml } : {}),
    };
    const resampler = new Resampler(loaded.rateHz, rateHz);
    this.#trace.stage("synthesis");
    for await (const samples of lease.worker.synthesize(lease.model, request, this.#abort.signal)) {
      const out = resampler.push(samples);
      if (out.length > 0) yield encodePcm16(out);
    }
    const tail = resampler.flush();
    if (tail.length > 0) yield encodePcm16(tail);
  }

  #end(outcome: "done" | "failed" | "cancelled", error?: unknown): void {
    this.#trace.end(outcome, error);
    this.#abort.abort(new SessionError("cancelled", "The request was cancelled."));
    this.#footing?.lease.release();
  }
}

function formatOf({ lease }: Footing, rateHz: number | undefined): PcmFormat {
  const own = lease.loaded.capability === "tts" ? lease.loaded.rateHz : 22_050;
  return { rateHz: rateHz ?? own, widthBytes: 2, channels: 1 };
}
