import { readdirSync, readFileSync } from "node:fs";

/** Ticks of processor time in a second, as Linux counts them for programs. */
const TICKS_PER_SECOND = 100;

/** A process and the processor time it has used. */
export interface Used {
  readonly pid: number;
  readonly command: string;
  readonly seconds: number;
}

/** A process and all below it. Those that end while we look are left out. */
export function usedBy(root: number): readonly Used[] {
  const parents = new Map<number, number>();
  const found = new Map<number, Used>();
  for (const name of readdirSync("/proc")) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      // The name, in brackets, may hold anything.
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      parents.set(pid, Number(fields[1]));
      const seconds = (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
      const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
      found.set(pid, { pid, command, seconds });
    } catch (error) {
      if (!(error instanceof Error && "code" in error)) throw error;
    }
  }
  const isBelow = (pid: number): boolean => {
    for (let at = pid; at > 1; at = parents.get(at) ?? 0) if (at === root) return true;
    return false;
  };
  return [...found.values()].filter(({ pid }) => isBelow(pid));
}
