import { readFile, readlink } from "node:fs/promises";

/** A process, told apart from a later one that was given the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks after boot at which it started. */
  readonly startedTicks?: string;
  readonly bootId?: string;
  /** The container's numbering of processes. */
  readonly pidNamespace?: string;
}

/** The identity of a process seen from here; undefined when there is no such process. */
export async function identify(pid: number): Promise<ProcessIdentity | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  if (stat === undefined) return undefined;
  // The second field is the program's name in parentheses, which may contain spaces and parentheses itself.
  const [state, ...fields] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const startedTicks = fields[18];
  if (state === "Z") return undefined;
  const bootId = await readFile("/proc/sys/kernel/random/boot_id", "utf8").catch(() => undefined);
  const pidNamespace = await readlink("/proc/self/ns/pid").catch(() => undefined);
  return {
    pid,
    ...(startedTicks && { startedTicks }),
    ...(bootId && { bootId: bootId.trim() }),
    ...(pidNamespace && { pidNamespace }),
  };
}

/** This process. Where the kernel tells nothing, the number alone. */
export async function ownIdentity(): Promise<ProcessIdentity> {
  return (await identify(process.pid)) ?? { pid: process.pid };
}

/** Whether a process still runs; undefined when it lives in another container, whose processes cannot be seen. */
export async function isRunning(process: ProcessIdentity): Promise<boolean | undefined> {
  const own = await ownIdentity();
  if (process.bootId !== own.bootId) return false;
  if (process.pidNamespace !== own.pidNamespace) return undefined;
  const now = await identify(process.pid);
  return now !== undefined && now.startedTicks === process.startedTicks;
}
