import { statSync } from "node:fs";
import { EngineError } from "../base/errors.js";
import type { LoadSpec } from "./capability.js";

/**
 * The path of one of the model's files, after a look that it is there and not empty: native libraries end the
 * process over less.
 * @throws {EngineError} `engine-load-failed`
 */
export function modelPath({ model, paths }: LoadSpec, role: string): string {
  const path = paths[role];
  if (path === undefined) {
    throw new EngineError(
      "engine-load-failed",
      `The model ${model} has no ${role} file in its catalog entry.`,
    );
  }
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found?.isFile()) throw damaged(path, "it is missing");
  if (found.size === 0) throw damaged(path, "it is empty");
  return path;
}

/** The error for a file that cannot be what the catalog says, with what the user can do. */
export function damaged(path: string, why: string, cause?: unknown): EngineError {
  return new EngineError(
    "engine-load-failed",
    `The model file ${path} cannot be used: ${why}. Remove the model and download it again.`,
    { cause },
  );
}
