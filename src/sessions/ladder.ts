import { messageOf, SessionError, WorkerError } from "../base/errors.js";
import type { Capability, ModelManifest } from "../catalog/manifest.js";
import type { Lease, ModelLeaser } from "../residency/lease.js";
import type { RunningTrace } from "./request-log.js";

/** Models that can serve a request, the wanted one first, then what to fall back on. */
export interface LadderSource {
  /** @param wanted catalog id, its part after the slash, or a provider; unknown ones are as if not named. */
  ladder(capability: Capability, request: LadderRequest): readonly ModelManifest[];
  /** Models that together hear these words, each model once. Unknown words are left out; none means those chosen. */
  hearing(words: readonly string[]): readonly WakeChoice[];
}

/** A wake model and the words it is to listen for. */
export interface WakeChoice {
  readonly manifest: ModelManifest;
  readonly words: readonly string[];
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
 * Walks down a ladder until a model answers. A rung is tried once, and once more when its process died: it may have
 * been killed for memory. A rung that is slow is left early only when a lower one is ready at once.
 */
export class Descent {
  readonly #leaser: ModelLeaser;
  readonly #rungs: readonly ModelManifest[];
  readonly #trace: RunningTrace;
  readonly #leftMs: () => number;
  readonly #failures: string[] = [];
  readonly #triedAgain = new Set<string>();
  #next = 0;
  #lastError: unknown;

  /** @param leftMs time the request still has; asked before each wait, so that it may grow while audio arrives. */
  constructor(request: {
    readonly leaser: ModelLeaser;
    readonly rungs: readonly ModelManifest[];
    readonly trace: RunningTrace;
    readonly leftMs: () => number;
  }) {
    this.#leaser = request.leaser;
    this.#rungs = request.rungs;
    this.#trace = request.trace;
    this.#leftMs = request.leftMs;
  }

  /**
   * The next model that can be had; its lease is the caller's to release.
   * @throws {SessionError} `no-model` with an empty ladder, `deadline`; else what the last rung threw
   */
  async step(signal: AbortSignal): Promise<Footing> {
    for (;;) {
      signal.throwIfAborted();
      const manifest = this.#rungs[this.#next];
      if (!manifest) throw this.#lastError ?? noModel(this.#rungs.length);
      this.#next += 1;
      const leftMs = this.#leftMs();
      if (leftMs <= 0 && !this.#leaser.isReady(manifest.id)) {
        this.#failures.push(`${manifest.id} was not ready in time.`);
        continue;
      }
      try {
        return this.#stand(await this.#lease(manifest, leftMs, signal), manifest);
      } catch (error) {
        signal.throwIfAborted();
        this.#note(manifest, error);
      }
    }
  }

  /** Notes that a model failed, so that the next step goes on from there and says why. */
  fell(manifest: ModelManifest, error: unknown): void {
    this.#note(manifest, error);
    const rung = this.#rungs.findIndex(({ id }) => id === manifest.id);
    if (rung < 0 || !(error instanceof WorkerError) || this.#triedAgain.has(manifest.id)) return;
    this.#triedAgain.add(manifest.id);
    this.#next = rung;
  }

  async #lease(manifest: ModelManifest, leftMs: number, signal: AbortSignal): Promise<Lease> {
    const rescue = this.#rungs.slice(this.#next).some(({ id }) => this.#leaser.isReady(id));
    const deadlineMs = Math.max(rescue ? Math.min(leftMs, PATIENCE_MS) : leftMs, 1);
    this.#trace.stage("waiting for model");
    const lease = await this.#leaser.lease(manifest.id, { signal, deadlineMs });
    // Granted in the same moment as the request went away: nobody else would give it back.
    if (signal.aborted) lease.release();
    signal.throwIfAborted();
    return lease;
  }

  #stand(lease: Lease, manifest: ModelManifest): Footing {
    const degraded = this.#degraded(manifest);
    this.#trace.set({ model: manifest.id, ...(degraded ? { degraded } : {}) });
    return { lease, manifest, ...(degraded ? { degraded } : {}) };
  }

  #note(manifest: ModelManifest, error: unknown): void {
    this.#lastError = error;
    this.#failures.push(`${manifest.id}: ${messageOf(error)}`);
    this.#trace.log.warn(`${manifest.id} cannot answer: ${messageOf(error)}`, { model: manifest.id });
  }

  #degraded(manifest: ModelManifest): string | undefined {
    const wanted = this.#rungs[0];
    if (!wanted || manifest.id === wanted.id) return undefined;
    return `${manifest.title} answers instead of ${wanted.title}. ${this.#failures.at(-1) ?? ""}`.trim();
  }
}

function noModel(rungs: number): SessionError {
  return rungs === 0
    ? new SessionError("no-model", "No model can serve this. See `irene models list` for what there is.")
    : new SessionError("deadline", "No model became ready in time. Try again, or preload the model.");
}
