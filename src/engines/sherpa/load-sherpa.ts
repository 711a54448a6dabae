import { EngineError, messageOf } from "../../base/errors.js";
import type { Availability } from "../capability.js";
import { isInstalled } from "../installed-package.js";

/** All of sherpa-onnx-node. */
export type Sherpa = typeof import("sherpa-onnx-node")["default"];

/** Whether sherpa-onnx-node and its native half for this machine are installed. Loads nothing. */
export async function sherpaAvailable(): Promise<Availability> {
  const native = `sherpa-onnx-${process.platform}-${process.arch}`;
  if (isInstalled("sherpa-onnx-node") && isInstalled(native)) return { ok: true };
  return {
    ok: false,
    reason: `The package ${native} is not installed; sherpa-onnx exists for 64-bit x86 and ARM Linux with glibc.`,
  };
}

/** Loads the native library into this process: workers only. @throws {EngineError} `engine-unavailable` */
export async function loadSherpa(): Promise<Sherpa> {
  try {
    return (await import("sherpa-onnx-node")).default;
  } catch (error) {
    throw new EngineError(
      "engine-unavailable",
      `sherpa-onnx cannot be loaded on this system: ${messageOf(error)}`,
      { cause: error },
    );
  }
}
