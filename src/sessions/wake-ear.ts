import type { PcmFormat } from "../audio/pcm.js";
import { SPEECH_RATE_HZ } from "../audio/pcm.js";
import type { Clock } from "../base/clock.js";
import { SessionError } from "../base/errors.js";
import type { WakeHit } from "../engines/capability.js";
import type { ModelLeaser } from "../residency/lease.js";
import { Descent, type Footing, type WakeChoice } from "./ladder.js";
import { LiveAudio } from "./live-audio.js";
import type { RunningTrace } from "./request-log.js";
import { untilAborted } from "./until-aborted.js";

/** What every detector of a stream is given. */
export interface WakeEarTools {
  readonly leaser: ModelLeaser;
  readonly clock: Clock;
  readonly deadlineMs: number;
  readonly threshold: number;
  readonly triggerLevel: number;
  readonly refractoryMs: number;
}

/** Audio kept while the detector loads or falls behind; older audio is dropped. */
const BACKLOG_SECONDS = 4;
/** A detector that worked this long before it failed gets all its tries again: listeners live for weeks. */
const PROVEN_MS = 60_000;

/** One model that listens to a stream, with a backlog of its own: a slow one does not hold up its neighbours. */
export class WakeEar {
  readonly words: readonly string[];
  readonly #audio = new LiveAudio(BACKLOG_SECONDS);
  readonly #tools: WakeEarTools;
  readonly #choice: WakeChoice;
  readonly #trace: RunningTrace;
  readonly #onHit: (hit: WakeHit) => void;

  constructor(tools: WakeEarTools, choice: WakeChoice, trace: RunningTrace, onHit: (hit: WakeHit) => void) {
    this.words = choice.words;
    this.#tools = tools;
    this.#choice = choice;
    this.#trace = trace;
    this.#onHit = onHit;
  }

  /** @throws {SessionError} `unsupported-audio` */
  accept(format: PcmFormat, bytes: Uint8Array): void {
    this.#audio.push(format, bytes);
  }

  end(): void {
    this.#audio.end();
  }

  /**
   * Resolves when all audio up to the end was listened to. Survives the death of its detector.
   * @throws what made the model impossible to have; the signal's reason
   */
  async listen(signal: AbortSignal): Promise<void> {
    try {
      await this.#listen(signal);
    } finally {
      this.#audio.end();
    }
  }

  async #listen(signal: AbortSignal): Promise<void> {
    let descent = this.#descent();
    for (;;) {
      const footing = await descent.step(signal);
      const sinceMs = this.#tools.clock.monotonicMs();
      try {
        await this.#hear(footing, signal);
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

  /** No other model hears the same word: the one there is is tried again, or none. */
  #descent(): Descent {
    const { leaser, clock, deadlineMs } = this.#tools;
    const endsAtMs = clock.monotonicMs() + deadlineMs;
    const leftMs = () => endsAtMs - clock.monotonicMs();
    return new Descent({ leaser, rungs: [this.#choice.manifest], trace: this.#trace, leftMs });
  }

  async #hear({ lease, manifest }: Footing, signal: AbortSignal): Promise<void> {
    const { loaded } = lease;
    const words =
      loaded.capability === "wake" ? this.words.filter((word) => loaded.words.includes(word)) : [];
    // No words would mean all the model knows, which nobody asked for.
    if (words.length === 0) {
      throw new SessionError("no-model", `${manifest.id} does not hear ${this.words.join(", ")}.`);
    }
    const { threshold, triggerLevel, refractoryMs } = this.#tools;
    const opening = lease.worker.openWake(lease.model, { words, threshold, triggerLevel, refractoryMs });
    const channel = await untilAborted(opening, signal, (late) => late.cancel());
    let fed = 0;
    try {
      for await (const { samples, endSample } of this.#audio.read(signal)) {
        fed += samples.length;
        const hits = await untilAborted(channel.accept(samples), signal);
        // The detector counts what it got; the listener counts what it sent.
        const missedMs = ((endSample - fed) / SPEECH_RATE_HZ) * 1000;
        for (const hit of hits) this.#onHit({ ...hit, atMs: hit.atMs + missedMs });
      }
    } finally {
      channel.cancel();
      const lostSeconds = this.#audio.droppedSamples / SPEECH_RATE_HZ;
      if (lostSeconds > 0) this.#trace.log.info("Audio was lost to a slow detector.", { lostSeconds });
    }
  }
}
