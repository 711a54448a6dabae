import type { InferenceSession } from "onnxruntime-node";
import { EngineError, messageOf } from "../../base/errors.js";
import type { Availability } from "../capability.js";
import { isInstalled } from "../installed-package.js";

type OnnxRuntime = typeof import("onnxruntime-node");

/** A tensor by value; the type of its data is the type of the tensor: `Uint8Array` stands for booleans. */
export interface TensorValue {
  readonly data: Float32Array | BigInt64Array | Uint8Array;
  readonly dims: readonly number[];
}

/** A loaded network. Calls run one at a time and block this process while they do. */
export interface OnnxSession {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /** Sizes of an input's dimensions; a name where the size is free. @throws {EngineError} `engine-bad-graph` */
  inputShape(name: string): readonly (number | string)[];
  /**
   * @param outputs the ones wanted, all by default; each one costs a copy
   * @throws {EngineError} `engine-failed`, `engine-bad-graph`
   */
  run(
    inputs: Readonly<Record<string, TensorValue>>,
    outputs?: readonly string[],
  ): Promise<Readonly<Record<string, TensorValue>>>;
  release(): Promise<void>;
}

/** Whether onnxruntime-node is installed. Loads nothing. */
export async function onnxRuntimeAvailable(): Promise<Availability> {
  if (isInstalled("onnxruntime-node")) return { ok: true };
  return { ok: false, reason: "The package onnxruntime-node is not installed; install the add-on again." };
}

/**
 * Loads a network.
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
    inputShape(name) {
      const input = session.inputMetadata.find((candidate) => candidate.name === name);
      if (!input?.isTensor) throw new EngineError("engine-bad-graph", `The model has no tensor ${name}.`);
      return input.shape;
    },
    async run(inputs, outputs = session.outputNames) {
      const feeds = Object.entries(inputs).map(([name, value]) => [name, tensorOf(ort, value)] as const);
      const results = await session.run(Object.fromEntries(feeds), outputs).catch((error: unknown) => {
        throw new EngineError("engine-failed", `ONNX Runtime failed on ${path}: ${messageOf(error)}`, {
          cause: error,
        });
      });
      return Object.fromEntries(Object.entries(results).map(([name, value]) => [name, valueFrom(value)]));
    },
    release: () => session.release(),
  };
}

function sessionOptions({
  threads,
  arena,
}: {
  readonly threads: number;
  readonly arena: boolean;
}): InferenceSession.SessionOptions {
  return {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    enableCpuMemArena: arena,
    enableMemPattern: arena,
    // Warnings about unused initializers and the like would fill the worker's last lines.
    logSeverityLevel: 3,
    // Threads that spin while they wait burn processor time for nothing.
    extra: { session: { intra_op: { allow_spinning: "0" } } },
  };
}

function tensorOf({ Tensor }: OnnxRuntime, { data, dims }: TensorValue) {
  if (data instanceof Float32Array) return new Tensor("float32", data, [...dims]);
  if (data instanceof Uint8Array) return new Tensor("bool", data, [...dims]);
  return new Tensor("int64", data, [...dims]);
}

/** Only float and int64 tensors come out of the models of this program. */
function valueFrom(tensor: { readonly data: unknown; readonly dims: readonly number[] }): TensorValue {
  if (tensor.data instanceof Float32Array || tensor.data instanceof BigInt64Array) {
    return { data: tensor.data, dims: tensor.dims };
  }
  throw new EngineError("engine-bad-graph", "The model answers in a type this program does not read.");
}
