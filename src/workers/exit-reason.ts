import { WorkerError, type WorkerErrorCode } from "../base/errors.js";
import type { WorkerExit } from "./model-worker.js";

/** Lines in which native libraries and Node say what went wrong, as opposed to source excerpts and stack frames. */
const TELLING =
  /error|exception|what\(\)|terminate called|fail|does not exist|unknown|invalid|unsupported|fatal|cannot|please /i;
const OUT_OF_MEMORY =
  /out of memory|bad_alloc|cannot allocate memory|failed to allocate|allocation failed|ENOMEM/i;
const NODE_NOISE = /^\s*at |^Node\.js v|^\s*\^+\s*$|^\s*throw /;

/** sherpa-onnx ends the process with exit(-1) when a model is not what it expects. */
const SHERPA_REFUSAL = 255;

/**
 * Why a worker nobody asked to end has ended, as an error for whoever waited on it.
 * @param name what the worker held, for the sentence
 */
export function exitError(name: string, exit: WorkerExit): WorkerError {
  const { code, sentence } = explain(exit);
  const said = tellingLine(exit.stderr);
  return new WorkerError(code, `The worker for ${name} ${sentence}${said ? `; it said: ${said}` : "."}`);
}

function explain(exit: WorkerExit): { code: WorkerErrorCode; sentence: string } {
  const starved = exit.stderr.some((line) => OUT_OF_MEMORY.test(line));
  switch (exit.signal) {
    case "SIGKILL":
      return {
        code: "worker-out-of-memory",
        sentence:
          "was killed by the system, most likely because memory ran out: choose a smaller model or lower the memory budget (SIGKILL)",
      };
    case "SIGABRT":
      return starved
        ? { code: "worker-out-of-memory", sentence: "ran out of memory (SIGABRT)" }
        : { code: "worker-crashed", sentence: "was ended by its inference library (SIGABRT)" };
    case "SIGSEGV":
      return { code: "worker-crashed", sentence: "crashed inside its inference library (SIGSEGV)" };
    case "SIGILL":
      return {
        code: "worker-crashed",
        sentence:
          "cannot run on this processor: the inference library is built for a newer one, choose another provider (SIGILL)",
      };
    case "SIGBUS":
      return {
        code: "worker-crashed",
        sentence: "lost a model file while reading it: check the disk and download the model again (SIGBUS)",
      };
    case null:
      return explainCode(exit.code, starved);
    default:
      return { code: "worker-crashed", sentence: `was ended by ${exit.signal}` };
  }
}

function explainCode(code: number | null, starved: boolean): { code: WorkerErrorCode; sentence: string } {
  if (starved) return { code: "worker-out-of-memory", sentence: `ran out of memory (exit ${code})` };
  if (code === SHERPA_REFUSAL) {
    return {
      code: "worker-crashed",
      sentence:
        "ended because sherpa-onnx refused the model: the file is damaged or of another kind, download it again (exit 255)",
    };
  }
  if (code === null) return { code: "worker-crashed", sentence: "could not be started" };
  return { code: "worker-crashed", sentence: `ended unasked (exit ${code})` };
}

/** The last line that says something about the cause. */
function tellingLine(stderr: readonly string[]): string | undefined {
  const candidates = stderr.filter((line) => !NODE_NOISE.test(line));
  const line = candidates.findLast((candidate) => TELLING.test(candidate)) ?? candidates.at(-1);
  return line?.trim();
}
