import { type PcmFormat, SPEECH_RATE_HZ } from "../audio/pcm.js";
import type { Clock } from "../base/clock.js";
import { messageOf, SessionError, toError } from "../base/errors.js";
import type { WakeHit } from "../engines/capability.js";
import type { ModelLeaser } from "../residency/lease.js";
import { Descent, type Footing, type LadderSource } from "./ladder.js";
import { LiveAudio } from "./live-audio.js";
import { prefetchFirst } from "./prefetch.js";
import type { RunningTrace } from "./request-log.js";
import { untilAborted } from "./until-aborted.js";
import type { DetectWakeRequest, WakeSession } from "./voice.js";

/** What wake streams share. */
export interface DetectWakeTools {
  readonly leaser: ModelLeaser;
  readonly ladders: LadderSource;
  readonly clock: Clock;
  readonly deadlineMs: number;
  /** Language in which commands after a wake word are expected. */
  readonly defaultLanguage: string;
  readonly threshold: number;
  readonly triggerLevel: number;
  readonly refractoryMs: number;
}

/** Audio kept while the detector loads or falls behind; older audio is dropped. */
const BACKLOG_SECONDS = 4;
/** A detector that worked this long before it failed gets all its tries again: listeners live for weeks. */
const PROVEN_MS = 60_000;

/** One listener: audio goes in for as long as the peer likes, hits come out. Survives the death of its detector. */
export class WakeDetection implements WakeSession {
  readonly id: string;
  readonly #audio = new LiveAudio(BACKLOG_SECONDS);
  readonly #abort = new AbortController();
  readonly #tools: DetectWakeTools;
  readonly #request: DetectWakeRequest;
  readonly #trace: RunningTrace;
  readonly #done: Promise<void>;

  constructor(tools: DetectWakeTools, request: DetectWakeRequest, trace: RunningTrace) {
    this.id = trace.id;
    this.#tools = tools;
    this.#request = request;
    this.#trace = trace;
    this.#done = this.#listen().catch((error: unknown) => this.#fail(error));
  }

  /** @throws {SessionError} `unsupported-audio` */
  accept(format: PcmFormat, bytes: Uint8Array): void {
    this.#audio.push(format, bytes);
  }

  async finish(): Promise<void> {
    this.#audio.end();
    await this.#done;
  }

  close(): void {
    this.#trace.end("done");
    this.#audio.end();
    this.#abort.abort(new SessionError("cancelled", "The listener went away."));
  }

  #fail(error: unknown): void {
    if (this.#abort.signal.aborted) return;
    this.#trace.end("failed", error);
    this.#audio.end();
    this.#abort.abort(error);
    this.#tell(() => this.#request.onError(toError(error)));
  }

  /** Until the listener is closed, or no detector is left. */
  async #listen(): Promise<void> {
    const { signal } = this.#abort;
    let descent = this.#descent();
    for (;;) {
      const footing = await descent.step(signal);
      const sinceMs = this.#tools.clock.monotonicMs();
      try {
        await this.#hear(footing);
        return;
      } catch (error) {
        signal.throwIfAborted();
        if (this.#tools.clock.monotonicMs() - sinceMs >= PROVEN_MS) descent = this.#descent();
        descent.fell(footing.manifest, error);
      } finally {
        footing.lease.release();
      }
    }
  }

  #descent(): Descent {
    const { leaser, ladders, clock, deadlineMs } = this.#tools;
    const [wanted] = this.#request.words;
    const rungs = ladders.ladder("wake", wanted ? { wanted } : {});
    const endsAtMs = clock.monotonicMs() + deadlineMs;
    return new Descent({ leaser, rungs, trace: this.#trace, leftMs: () => endsAtMs - clock.monotonicMs() });
  }

  async #hear({ lease, manifest }: Footing): Promise<void> {
    const { signal } = this.#abort;
    const { loaded } = lease;
    if (loaded.capability !== "wake")
      throw new SessionError("no-model", `${manifest.id} does not hear wake words.`);
    const { threshold, triggerLevel, refractoryMs } = this.#tools;
    const words = this.#request.words.filter((word) => loaded.words.includes(word));
    const opening = lease.worker.openWake(lease.model, { words, threshold, triggerLevel, refractoryMs });
    const channel = await untilAborted(opening, signal, (late) => late.cancel());
    let fed = 0;
    try {
      for await (const { samples, endSample } of this.#audio.read(signal)) {
        fed += samples.length;
        const hits = await untilAborted(channel.accept(samples), signal);
        // The detector counts what it got; the listener counts what it sent.
        const missedMs = ((endSample - fed) / SPEECH_RATE_HZ) * 1000;
        for (const hit of hits) this.#detected({ ...hit, atMs: hit.atMs + missedMs });
      }
    } finally {
      channel.cancel();
      const lostSeconds = this.#audio.droppedSamples / SPEECH_RATE_HZ;
      if (lostSeconds > 0) this.#trace.log.info("Audio was lost to a slow detector.", { lostSeconds });
    }
  }

  #detected(hit: WakeHit): void {
    this.#trace.stage("detected");
    // A command follows: its model can load while the first words are spoken.
    prefetchFirst(this.#tools, "stt", { language: this.#tools.defaultLanguage });
    this.#tell(() => this.#request.onDetection(hit));
  }

  /** A listener's own failure is none of the detector's. */
  #tell(listener: () => void): void {
    try {
      listener();
    } catch (error) {
      this.#trace.log.error(`A listener for wake words failed: ${messageOf(error)}`);
    }
  }
}
