import type { InferenceSession } from "onnxruntime-node";
import { EngineError, messageOf } from "../../base/errors.js";
import type { Availability } from "../capability.js";
import { isInstalled } from "../installed-package.js";

/** A tensor by value; the type of its data is the type of the tensor. */
export interface TensorValue {
  readonly data: Float32Array | BigInt64Array;
  readonly dims: readonly number[];
}

/** A loaded network. Calls run one at a time and block this process while they do. */
export interface OnnxSession {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /** @throws {EngineError} `engine-failed` */
  run(inputs: Readonly<Record<string, TensorValue>>): Promise<Readonly<Record<string, TensorValue>>>;
  release(): Promise<void>;
}

/** Whether onnxruntime-node is installed. Loads nothing. */
export async function onnxRuntimeAvailable(): Promise<Availability> {
  if (isInstalled("onnxruntime-node")) return { ok: true };
  return { ok: false, reason: "The package onnxruntime-node is not installed; install the add-on again." };
}

/**
 * Loads a network with one thread's worth of everything kept small; for models that share a process.
 * @throws {EngineError} `engine-unavailable`, `engine-load-failed`
 */
export async function openOnnxSession(
  path: string,
  options: { readonly threads: number; readonly arena: boolean },
): Promise<OnnxSession> {
  const ort = await import("onnxruntime-node").catch((error: unknown) => {
    throw new EngineError("engine-unavailable", `ONNX Runtime cannot be loaded: ${messageOf(error)}`, {
      cause: error,
    });
  });
  const session = await ort.InferenceSession.create(path, sessionOptions(options)).catch((error: unknown) => {
    throw new EngineError("engine-load-failed", `ONNX Runtime refused ${path}: ${messageOf(error)}`, {
      cause: error,
    });
  });
  return {
    inputNames: session.inputNames,
    outputNames: session.outputNames,
    async run(inputs) {
      const feeds: Record<string, InstanceType<typeof ort.Tensor>> = {};
      for (const [name, { data, dims }] of Object.entries(inputs)) {
        feeds[name] =
          data instanceof Float32Array
            ? new ort.Tensor("float32", data, [...dims])
            : new ort.Tensor("int64", data, [...dims]);
      }
      try {
        const outputs = await session.run(feeds);
        return Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, tensorValue(value)]));
      } catch (error) {
        throw new EngineError("engine-failed", `ONNX Runtime failed on ${path}: ${messageOf(error)}`, {
          cause: error,
        });
      }
    },
    release: () => session.release(),
  };
}

function sessionOptions({
  threads,
  arena,
}: {
  threads: number;
  arena: boolean;
}): InferenceSession.SessionOptions {
  return {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    enableCpuMemArena: arena,
    enableMemPattern: arena,
    // Warnings about unused initializers and the like would fill the worker's last lines.
    logSeverityLevel: 3,
    extra: { session: { intra_op: { allow_spinning: "0" } } },
  };
}

/** Only float and int64 tensors occur in the models of this program. */
function tensorValue(tensor: { data: unknown; dims: readonly number[] }): TensorValue {
  if (tensor.data instanceof Float32Array || tensor.data instanceof BigInt64Array) {
    return { data: tensor.data, dims: tensor.dims };
  }
  throw new EngineError("engine-bad-graph", "The model answers in a type this program does not read.");
}
