import { type CgroupMemory, readCgroupMemory } from "./cgroup.js";
import { KernelFiles } from "./kernel-files.js";
import {
  type MachineCounters,
  type MachineMemory,
  readMachineCounters,
  readMachineMemory,
} from "./meminfo.js";
import { type ProcessMemory, readProcessAlone, readProcessMemory, resetPeak } from "./process-memory.js";
import { type MemoryPressure, readMemoryPressure } from "./psi.js";

/** One look at the memory around us. */
export interface MemoryConditions {
  readonly machine?: MachineMemory;
  readonly cgroup?: CgroupMemory;
  readonly pressure?: MemoryPressure;
  readonly counters: MachineCounters;
}

/** Measures memory. */
export interface MemoryProbe {
  /** A process with the lasting ones below it; undefined once it has gone. */
  process(pid: number): Promise<ProcessMemory | undefined>;
  /** A process without those below it; undefined once it has gone. */
  alone(pid: number): Promise<ProcessMemory | undefined>;
  /** Starts a new high-water mark; false where that is not allowed. */
  resetPeak(pid: number): Promise<boolean>;
  conditions(): Promise<MemoryConditions>;
}

/** Measures with the kernel's files. */
export class KernelMemoryProbe implements MemoryProbe {
  readonly #files: KernelFiles;

  constructor(files: KernelFiles = new KernelFiles()) {
    this.#files = files;
  }

  process(pid: number): Promise<ProcessMemory | undefined> {
    return readProcessMemory(this.#files, pid);
  }

  alone(pid: number): Promise<ProcessMemory | undefined> {
    return readProcessAlone(this.#files, pid);
  }

  resetPeak(pid: number): Promise<boolean> {
    return resetPeak(this.#files, pid);
  }

  async conditions(): Promise<MemoryConditions> {
    const [machine, cgroup, pressure, counters] = await Promise.all([
      readMachineMemory(this.#files),
      readCgroupMemory(this.#files),
      readMemoryPressure(this.#files),
      readMachineCounters(this.#files),
    ]);
    return {
      ...(machine && { machine }),
      ...(cgroup && { cgroup }),
      ...(pressure && { pressure }),
      counters,
    };
  }
}

/** Processes killed for want of memory, as far as any counter tells: rises between two looks mean it happened. */
export function oomKillsIn({ cgroup, counters }: MemoryConditions): number {
  return counters.oomKills + (cgroup?.oomKills ?? 0);
}
