import { type KernelFiles, parseKilobyteLines } from "./kernel-files.js";

/** Memory of a process, with those below it, at one moment. */
export interface ProcessMemory {
  /** What the budget counts: the process's share of all pages it maps, so that shares of several add up. */
  readonly bytes: number;
  /** Pages nobody else maps: what comes back when it ends. */
  readonly privateBytes: number;
  /** Highest `bytes` since the process started or its peak was last reset. */
  readonly peakBytes: number;
  readonly swapBytes: number;
}

/**
 * Memory of a process and of those it started: some engines live in a program of their own below their worker.
 * Undefined once the process itself has gone.
 */
export async function readProcessMemory(files: KernelFiles, pid: number): Promise<ProcessMemory | undefined> {
  const own = await readProcessAlone(files, pid);
  if (!own) return undefined;
  const below = await Promise.all(
    (await childrenOf(files, pid)).map((child) => readProcessMemory(files, child)),
  );
  return below.reduce<ProcessMemory>((sum, child) => (child ? add(sum, child) : sum), own);
}

/** Kernel clock ticks a second, the same on every Linux of today. */
const TICKS_PER_SECOND = 100;
/** A program that works for one request only comes and goes too quickly to be planned with. */
const LASTING_SECONDS = 1;

/** Lasting children. None where the kernel does not list them: memory below is not seen then. */
async function childrenOf(files: KernelFiles, pid: number): Promise<readonly number[]> {
  const list = (await files.read(`proc/${pid}/task/${pid}/children`)) ?? "";
  const children = list
    .split(" ")
    .filter((word) => /^\d+$/.test(word))
    .map(Number);
  if (children.length === 0) return children;
  const upSeconds = Number.parseFloat((await files.read("proc/uptime")) ?? "");
  const isLasting = await Promise.all(
    children.map(async (child) => !(upSeconds - (await startedAtSeconds(files, child)) < LASTING_SECONDS)),
  );
  return children.filter((_, index) => isLasting[index]);
}

/** Seconds between the start of the machine and that of a process; NaN when it is not told. @see proc_pid_stat(5) */
async function startedAtSeconds(files: KernelFiles, pid: number): Promise<number> {
  const stat = (await files.read(`proc/${pid}/stat`)) ?? "";
  // The second field is a name in parentheses, which may hold anything; the 22nd is the start.
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? Number.NaN) / TICKS_PER_SECOND;
}

const add = (a: ProcessMemory, b: ProcessMemory): ProcessMemory => ({
  bytes: a.bytes + b.bytes,
  privateBytes: a.privateBytes + b.privateBytes,
  peakBytes: a.peakBytes + b.peakBytes,
  swapBytes: a.swapBytes + b.swapBytes,
});

/**
 * Memory of one process alone; undefined once it has gone.
 *
 * The kernel keeps a high-water mark only of resident pages (VmHWM), shared ones included; the peak of our share is
 * today's share plus what the mark lies above today's resident pages.
 * @see https://docs.kernel.org/filesystems/proc.html smaps_rollup, status, clear_refs
 */
export async function readProcessAlone(files: KernelFiles, pid: number): Promise<ProcessMemory | undefined> {
  const statusText = await files.read(`proc/${pid}/status`);
  if (statusText === undefined) return undefined;
  const status = parseKilobyteLines(statusText);
  const rss = status.get("VmRSS");
  // A process that has exited but was not yet waited for has a status without any memory.
  if (rss === undefined) return undefined;
  const rollup = parseKilobyteLines((await files.read(`proc/${pid}/smaps_rollup`)) ?? "");
  const anonymous = status.get("RssAnon") ?? rss;
  const privateBytes =
    rollup.size > 0 ? (rollup.get("Private_Clean") ?? 0) + (rollup.get("Private_Dirty") ?? 0) : anonymous;
  const swapBytes = rollup.get("SwapPss") ?? status.get("VmSwap") ?? 0;
  const bytes = (rollup.get("Pss") ?? anonymous) + swapBytes;
  const aboveNow = Math.max(0, (status.get("VmHWM") ?? rss) - (rollup.get("Rss") ?? rss));
  return { bytes, privateBytes, peakBytes: bytes + aboveNow, swapBytes };
}

/**
 * Starts a new high-water mark at today's resident pages, to tell the peak of inference from that of loading.
 * @returns false where it is not allowed; peaks then stay those of the whole life.
 */
export function resetPeak(files: KernelFiles, pid: number): Promise<boolean> {
  return files.write(`proc/${pid}/clear_refs`, "5");
}
