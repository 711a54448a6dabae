import type { ModelManifest } from "./manifest.js";

/** The machine as far as a choice of models needs it. */
export interface Board {
  /** Bytes all models together may hold. */
  readonly memoryBudgetBytes: number;
  readonly cores: number;
  /** `flags` (x86) or `Features` (arm) of /proc/cpuinfo. */
  readonly cpuFlags: readonly string[];
  /** As `process.arch`: `arm64`, `x64`, `arm`. */
  readonly arch: string;
}

/**
 * Seconds a model is expected to need on this board for a three-second command.
 *
 * The catalog's figures are for a Raspberry Pi 4. Eight-bit dot products are what sets one core apart from another:
 * a Pi 4 has none (ARMv8.0), a Pi 5 has `asimddp`, a PC has AVX2 or VNNI. More than four cores hardly help one
 * inference.
 */
export function expectedSeconds(model: ModelManifest, board: Board): number {
  const share = Math.min(Math.max(board.cores, 1), 4) / 4;
  return (model.computeSeconds ?? 0) / (coreSpeed(board) * share ** 0.5);
}

function coreSpeed({ arch, cpuFlags }: Board): number {
  const has = (flag: string) => cpuFlags.includes(flag);
  if (arch === "x64") return has("avx512_vnni") || has("avx_vnni") ? 8 : has("avx2") ? 5 : 1.5;
  if (has("asimddp")) return 2.5;
  return arch === "arm64" ? 1 : 0.4;
}
