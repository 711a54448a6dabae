import type { Clock } from "../base/clock.js";
import { withDeadline } from "../base/deadline.js";
import { WorkerError } from "../base/errors.js";
import { formatDuration } from "../base/units.js";
import type { ModelManifest } from "../catalog/manifest.js";
import type { LoadSpec } from "../engines/capability.js";
import type { LoadedModel } from "../workers/model-worker.js";
import type { FootprintSample } from "./footprint.js";
import type { MemoryProbe } from "./memory/memory-probe.js";
import { warmUp } from "./warm-up.js";
import { BARE_WORKER_BYTES, type WorkerHome } from "./worker-home.js";

export interface LoadJob {
  readonly manifest: ModelManifest;
  readonly spec: LoadSpec;
  readonly home: WorkerHome;
  readonly probe: MemoryProbe;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** When its process was started, on the monotonic clock. */
  readonly startedMs: number;
  readonly loadLimitMs: number;
  readonly warmUpLimitMs: number;
  /** Called between load and warm-up. */
  readonly onLoaded: () => void;
}

export interface LoadOutcome {
  readonly loaded: LoadedModel;
  /** What this model holds, and its bound; undefined where memory cannot be measured. */
  readonly sample: FootprintSample | undefined;
}

/**
 * Loads a model into its home, lets it answer, and measures both.
 * @throws {EngineError} {WorkerError} and the signal's reason. The home may be in any condition then.
 */
export async function loadModel(job: LoadJob): Promise<LoadOutcome> {
  const { manifest, home, probe, clock, signal, spec } = job;
  signal.throwIfAborted();
  // In a process of its own a model pays for all of it; in a shared one for what it adds. One that has just been
  // started has not reached its size yet.
  const isFirst = home.residents.size === 1;
  const baseBytes = !home.shared ? 0 : isFirst ? BARE_WORKER_BYTES : ((await home.measure())?.bytes ?? 0);
  if (home.shared && !isFirst) await probe.resetPeak(home.worker.pid);
  const loaded = await home.worker.load(spec, job.loadLimitMs);
  signal.throwIfAborted();
  const loadedMs = clock.monotonicMs();
  const afterLoad = await home.measure();
  job.onLoaded();
  await probe.resetPeak(home.worker.pid);
  const result = await withDeadline(warmUp({ manifest, worker: home.worker, loaded, clock, signal }), {
    clock,
    limitMs: job.warmUpLimitMs,
    signal,
    late: () => neverAnswered(manifest, job.warmUpLimitMs),
  });
  const warmUpMs = clock.monotonicMs() - loadedMs;
  const afterWarmUp = await home.measure();
  signal.throwIfAborted();
  const sample = afterLoad &&
    afterWarmUp && {
      loadPeakBytes: Math.max(0, afterLoad.peakBytes - baseBytes),
      steadyBytes: Math.max(0, afterWarmUp.bytes - baseBytes),
      inferencePeakBytes: Math.max(0, afterWarmUp.peakBytes - baseBytes),
      loadMs: loadedMs - job.startedMs,
      warmUpMs,
      ...result,
    };
  return { loaded, sample };
}

function neverAnswered({ title }: ModelManifest, limitMs: number): WorkerError {
  return new WorkerError(
    "worker-hung",
    `${title} loaded but did not answer its warm-up within ${formatDuration(limitMs)}.`,
  );
}
