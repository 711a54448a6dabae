import { type KernelFiles, parseCounterLines, parseKilobyteLines } from "./kernel-files.js";

/** The whole machine's memory, whatever limits we live under ourselves. */
export interface MachineMemory {
  readonly totalBytes: number;
  /** What could be used without swapping. */
  readonly availableBytes: number;
}

/** Undefined on systems without `/proc/meminfo`. */
export async function readMachineMemory(files: KernelFiles): Promise<MachineMemory | undefined> {
  const values = parseKilobyteLines((await files.read("proc/meminfo")) ?? "");
  const totalBytes = values.get("MemTotal");
  if (totalBytes === undefined) return undefined;
  // Kernels before 3.14 have no estimate; what is free or cached comes near it.
  const rough = (values.get("MemFree") ?? 0) + (values.get("Cached") ?? 0) + (values.get("Buffers") ?? 0);
  const availableBytes = Math.min(values.get("MemAvailable") ?? rough, totalBytes);
  return { totalBytes, availableBytes };
}

/** Counters since the machine started. */
export interface MachineCounters {
  /** Processes killed for want of memory, anywhere on the machine. */
  readonly oomKills: number;
  /** File pages read again soon after they had been dropped: the sign of a page cache that is too small. */
  readonly fileRefaults: number;
  readonly majorFaults: number;
}

export async function readMachineCounters(files: KernelFiles): Promise<MachineCounters> {
  const values = parseCounterLines((await files.read("proc/vmstat")) ?? "");
  return {
    oomKills: values.get("oom_kill") ?? 0,
    // One counter for both kinds before kernel 5.9.
    fileRefaults: values.get("workingset_refault_file") ?? values.get("workingset_refault") ?? 0,
    majorFaults: values.get("pgmajfault") ?? 0,
  };
}
