import type { LoadedModel, ModelWorker } from "../workers/model-worker.js";

/** The right to use a ready model. It stays in memory until every lease on it is released. */
export interface Lease {
  readonly model: string;
  readonly loaded: LoadedModel;
  readonly worker: ModelWorker;
  /** Idempotent. */
  release(): void;
}

export interface LeaseOptions {
  /** Gives up waiting; rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Longest wait for download, memory, load and warm-up together. */
  readonly deadlineMs: number;
  /** Nobody really uses it: it does not count as a use, neither for habits nor for idle times. */
  readonly rehearsal?: boolean;
}

/** Hands out models. Waiting for a cold model downloads, loads and warms it; all who wait share one load. */
export interface ModelLeaser {
  /**
   * @throws {SessionError} `deadline`, `no-model`
   * @throws {AssetError} {BudgetError} {EngineError} {WorkerError} when the model cannot be made ready
   */
  lease(model: string, options: LeaseOptions): Promise<Lease>;
  /** True when a lease would be granted at once. */
  isReady(model: string): boolean;
  /** Starts making a model ready without waiting for it. Errors show in its state only. */
  prefetch(model: string): void;
}
