import { readdirSync, writeFileSync } from "node:fs";
import { setPriority } from "node:os";

/** Makes the kernel prefer a worker when memory runs out: the gateways must survive it. Range -1000 to 1000. */
const OOM_SCORE_ADJ = 600;

/**
 * Lowers this process's claim on processor and memory. Call before any library starts threads: on Linux niceness
 * belongs to threads, new ones inherit it, and those node already has are set one by one.
 * @param report told what the system did not allow; the worker is as useful without it
 */
export function yieldPriority(nice: number, report: (sentence: string) => void): void {
  attempt(report, () => writeFileSync("/proc/self/oom_score_adj", String(OOM_SCORE_ADJ)));
  if (nice === 0) return;
  attempt(report, () => {
    for (const thread of readdirSync("/proc/self/task")) setPriority(Number(thread), nice);
  });
}

function attempt(report: (sentence: string) => void, action: () => void): void {
  try {
    action();
  } catch (error) {
    report(`priority left as it is: ${String(error)}`);
  }
}
