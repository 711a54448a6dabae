import type { ModelStore } from "../assets/model-store.js";
import type { Clock } from "../base/clock.js";
import type { Logger } from "../base/logger.js";
import type { WorkerSpawner } from "../workers/model-worker.js";
import type { FootprintBook } from "./footprint-book.js";
import type { Budget } from "./memory/budget.js";
import type { MemoryProbe } from "./memory/memory-probe.js";
import type { ResidentModel } from "./resident-model.js";

/** What residency works with. */
export interface ResidencyOptions {
  readonly models: readonly ResidentModel[];
  readonly budget: Budget;
  readonly store: ModelStore;
  readonly spawner: WorkerSpawner;
  readonly probe: MemoryProbe;
  readonly book: FootprintBook;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Smaller models that do the same, best first; named to the user when a model is larger than the budget. */
  readonly smaller?: (model: string) => readonly string[];
  /**
   * How long users wait for a model, in milliseconds. Longer than any load should take means a machine far slower than
   * our bounds are made for, an emulated one: loads and warm-ups get as long there.
   */
  readonly patienceMs?: number;
  /** 0 to 1; spreads retries. */
  readonly random?: () => number;
}

/** Bounds of waits, in milliseconds. */
export const LIMITS = {
  /** Loading, on a slow card in a busy house. A learned model gets ten times its usual time, within these. */
  shortestLoadMs: 60_000,
  longestLoadMs: 300_000,
  warmUpMs: 180_000,
  /** Users of a model that has to go are asked to finish for so long. */
  drainMs: 60_000,
  /** Between two looks at all processes. */
  sampleMs: 5000,
  /** Between two looks at models that load: estimates can be wrong, and they grow fast. */
  loadSampleMs: 200,
  /** Between two looks at who has stopped answering. */
  watchdogMs: 1000,
  /** After a process has ended the kernel's counters lag behind. */
  settleMs: 1500,
} as const;

/** A bound of ours, or the patience of users who wait longer than for any load. */
export const patientLimit = (limitMs: number, patienceMs: number): number =>
  patienceMs > LIMITS.longestLoadMs ? Math.max(limitMs, patienceMs) : limitMs;

/** Requests that may wait for one cold model; more than any house has satellites. */
export const MAX_WAITERS = 64;
