/** The program that runs in every worker. */
export interface WorkerProgram {
  /** Absolute path of its entry module. */
  readonly entry: string;
  /** Options for node itself. */
  readonly execArgv: readonly string[];
  /** Environment to start from: the parent's own. Secrets in it are not passed on. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The worker that several small models share: it serves live audio, so it keeps normal priority. */
export const SHARED_WORKER = "shared";

/** Below the gateways, which must answer while a model computes; 19 would cost a quarter of the speed. */
const MODEL_NICE = 10;

/** Scheduling weight for a worker, as for `nice`. */
export function niceOf(worker: string): number {
  return worker === SHARED_WORKER ? 0 : MODEL_NICE;
}

/**
 * Every thread of a native library would otherwise get its own malloc arena, and what was freed would stay with the
 * process: a voice loaded without ONNX Runtime's own arena held 211 MB after its longest sentence, and 128 MB so.
 * @see mallopt(3)
 */
const ALLOCATOR = { MALLOC_ARENA_MAX: "2", MALLOC_TRIM_THRESHOLD_: "131072" } as const;

const SECRET = /token|password|passwd|secret|api_?key/i;

/** What a worker's environment holds. Inference libraries need no secrets and must not phone home. */
export function workerEnvironment(env: WorkerProgram["env"]): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && !SECRET.test(name)) kept[name] = value;
  }
  return { ...kept, ...ALLOCATOR, ORT_DISABLE_TELEMETRY: "1" };
}
