import type { Clock } from "../base/clock.js";
import { messageOf, SessionError } from "../base/errors.js";
import type { Capability, ModelManifest } from "../catalog/manifest.js";
import type { Lease, ModelLeaser } from "../residency/lease.js";
import type { RunningTrace } from "./request-log.js";

/** Models that can serve a request, the wanted one first, then what to fall back on. */
export interface LadderSource {
  /** @param wanted catalog id, its part after the slash, or a provider; unknown ones are as if not named. */
  ladder(capability: Capability, request: LadderRequest): readonly ModelManifest[];
}

export interface LadderRequest {
  readonly language?: string;
  readonly wanted?: string;
  readonly text?: string;
}

export interface Footing {
  readonly lease: Lease;
  readonly manifest: ModelManifest;
  /** Why this is not the wanted model; absent when it is. */
  readonly degraded?: string;
}

/** A wait this long for the wanted model is better than a worse answer now. */
const PATIENCE_MS = 8_000;

/**
 * Walks down a ladder until a model answers.
 * Each rung is tried once; a rung that is slow is left early only when a lower one is ready at once.
 */
export class Descent {
  readonly #leaser: ModelLeaser;
  readonly #clock: Clock;
  readonly #rungs: readonly ModelManifest[];
  readonly #trace: RunningTrace;
  readonly #endsAtMs: number;
  readonly #failures: string[] = [];
  #next = 0;
  #lastError: unknown;

  constructor(request: {
    readonly leaser: ModelLeaser;
    readonly clock: Clock;
    readonly rungs: readonly ModelManifest[];
    readonly trace: RunningTrace;
    readonly deadlineMs: number;
  }) {
    this.#leaser = request.leaser;
    this.#clock = request.clock;
    this.#rungs = request.rungs;
    this.#trace = request.trace;
    this.#endsAtMs = request.clock.monotonicMs() + request.deadlineMs;
  }

  /**
   * The next model that can be had.
   * @throws {SessionError} `no-model` with an empty ladder, `deadline`; else what the last rung threw
   */
  async step(signal: AbortSignal): Promise<Footing> {
    while (this.#next < this.#rungs.length) {
      const manifest = this.#rungs[this.#next] as ModelManifest;
      this.#next += 1;
      const leftMs = this.#endsAtMs - this.#clock.monotonicMs();
      if (leftMs <= 0 && !this.#leaser.isReady(manifest.id)) continue;
      const rescue = this.#rungs.slice(this.#next).some(({ id }) => this.#leaser.isReady(id));
      try {
        this.#trace.stage("waiting for model");
        const deadlineMs = Math.max(rescue ? Math.min(leftMs, PATIENCE_MS) : leftMs, 1);
        const lease = await this.#leaser.lease(manifest.id, { signal, deadlineMs });
        const degraded = this.#degraded(manifest);
        this.#trace.set({ model: manifest.id, ...(degraded ? { degraded } : {}) });
        return { lease, manifest, ...(degraded ? { degraded } : {}) };
      } catch (error) {
        signal.throwIfAborted();
        this.fell(manifest, error);
      }
    }
    throw this.#lastError ?? noModel(this.#rungs.length);
  }

  /** Notes that a model failed, so that the next step says why it is another. */
  fell(manifest: ModelManifest, error: unknown): void {
    this.#lastError = error;
    this.#failures.push(`${manifest.id}: ${messageOf(error)}`);
    this.#trace.log.warn(`${manifest.id} cannot answer: ${messageOf(error)}`, { model: manifest.id });
  }

  /** Puts the model at the top again, for one more try. */
  again(manifest: ModelManifest): void {
    this.#next = this.#rungs.indexOf(manifest);
  }

  #degraded(manifest: ModelManifest): string | undefined {
    if (manifest === this.#rungs[0]) return undefined;
    return `${manifest.title} answers instead of ${this.#rungs[0]?.title}. ${this.#failures.at(-1) ?? ""}`.trim();
  }
}

function noModel(rungs: number): SessionError {
  return rungs === 0
    ? new SessionError("no-model", "No model can serve this. See `irene models list` for what there is.")
    : new SessionError("deadline", "No model became ready in time. Try again, or preload the model.");
}
