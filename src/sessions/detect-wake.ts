import type { PcmFormat } from "../audio/pcm.js";
import type { Clock } from "../base/clock.js";
import { SessionError, toError } from "../base/errors.js";
import type { ModelLeaser } from "../residency/lease.js";
import { Descent, type LadderSource } from "./ladder.js";
import { LiveAudio } from "./live-audio.js";
import type { RunningTrace } from "./request-log.js";
import type { DetectWakeRequest, WakeSession } from "./voice.js";

/** What wake streams share. */
export interface DetectWakeTools {
  readonly leaser: ModelLeaser;
  readonly ladders: LadderSource;
  readonly clock: Clock;
  readonly deadlineMs: number;
  readonly threshold: number;
  readonly triggerLevel: number;
  readonly refractoryMs: number;
}

/** Audio kept while the detector loads or falls behind; older audio is dropped. */
const BACKLOG_SECONDS = 4;

/** One listener: audio goes in for as long as the peer likes, hits come out. */
export class WakeDetection implements WakeSession {
  readonly id: string;
  readonly #audio = new LiveAudio(BACKLOG_SECONDS);
  readonly #abort = new AbortController();
  readonly #trace: RunningTrace;

  constructor(tools: DetectWakeTools, request: DetectWakeRequest, trace: RunningTrace) {
    this.id = trace.id;
    this.#trace = trace;
    this.#listen(tools, request).then(
      () => trace.end("done"),
      (error) => {
        trace.end(this.#abort.signal.aborted ? "done" : "failed", error);
        if (!this.#abort.signal.aborted) request.onError(toError(error));
      },
    );
  }

  accept(format: PcmFormat, bytes: Uint8Array): void {
    this.#audio.push(format, bytes);
  }

  close(): void {
    this.#trace.end("done");
    this.#audio.end();
    this.#abort.abort(new SessionError("cancelled", "The listener went away."));
  }

  async #listen(tools: DetectWakeTools, request: DetectWakeRequest): Promise<void> {
    const { leaser, ladders, clock, deadlineMs } = tools;
    const rungs = ladders.ladder("wake", {});
    const descent = new Descent({ leaser, clock, rungs, trace: this.#trace, deadlineMs });
    const { lease } = await descent.step(this.#abort.signal);
    try {
      const channel = await lease.worker.openWake(lease.model, {
        words: request.words,
        threshold: tools.threshold,
        triggerLevel: tools.triggerLevel,
        refractoryMs: tools.refractoryMs,
      });
      try {
        for await (const samples of this.#audio.read(this.#abort.signal)) {
          for (const hit of await channel.accept(samples)) {
            this.#trace.stage("detected");
            request.onDetection(hit);
          }
        }
      } finally {
        channel.cancel();
      }
    } finally {
      lease.release();
    }
  }
}
