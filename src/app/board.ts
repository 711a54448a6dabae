import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import type { Board } from "../catalog/board.js";

/** What this machine is, as far as a choice of models needs it. */
export function readBoard(memoryBudgetBytes: number, cpuInfo = "/proc/cpuinfo"): Board {
  return {
    memoryBudgetBytes,
    cores: availableParallelism(),
    cpuFlags: cpuFlags(cpuInfo),
    arch: process.arch,
  };
}

function cpuFlags(path: string): readonly string[] {
  try {
    return (/^(?:flags|Features)\s*:\s*(.*)$/m.exec(readFileSync(path, "utf8"))?.[1] ?? "").split(" ");
  } catch (error) {
    // Without /proc the machine counts as a plain one.
    if (error instanceof Error) return [];
    throw error;
  }
}
