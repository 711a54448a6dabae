import { formatBytes } from "../../base/units.js";
import { reserveOf } from "./budget.js";
import type { MemoryConditions } from "./memory-probe.js";

/** What to do about memory pressure, from nothing to sending every idle model away. */
export const PRESSURE_LEVELS = ["none", "careful", "shed", "shed-all"] as const;
export type PressureLevel = (typeof PRESSURE_LEVELS)[number];

export interface PressureState {
  readonly level: PressureLevel;
  /** For people. */
  readonly why: string;
  /** Since when nothing has been wrong, on the monotonic clock; undefined while something is. */
  readonly calmSinceMs: number | undefined;
  /** Looks in a row at which something was wrong. */
  readonly strained: number;
}

export const NO_PRESSURE: PressureState = { level: "none", why: "", calmSinceMs: 0, strained: 0 };

/** Pressure has to stay away for so long before it counts as over. */
export const CALM_MS = 30_000;
const SOME_PERCENT = 10;
const FULL_PERCENT = 5;
/** Pages dropped and read again, per second, from which the page cache is thrashing: 4 MB a second. */
const REFAULTS_PER_SECOND = 1000;
/** Refaults say nothing while there is plenty: a file read again after a restart is one as well. */
const PLENTY_SHARE = 0.25;
/** Without pressure information the machine counts as in need when its reserve is being eaten up. */
const EMERGENCY_SHARE = 0.5;

/** What a look at memory says against the one before. Undefined when all is well. */
export function strainIn(
  conditions: MemoryConditions,
  refaultsPerSecond: number,
): { readonly severe: boolean; readonly why: string } | undefined {
  const { pressure, machine } = conditions;
  if (pressure && pressure.fullPercent > FULL_PERCENT) {
    return {
      severe: true,
      why: `everything waited for memory ${Math.round(pressure.fullPercent)} % of the time`,
    };
  }
  if (machine) {
    const reserve = reserveOf(machine.totalBytes);
    const left = `the machine has only ${formatBytes(machine.availableBytes)} left`;
    if (machine.availableBytes < EMERGENCY_SHARE * reserve) return { severe: true, why: left };
    if (machine.availableBytes < reserve) return { severe: false, why: left };
  }
  if (pressure && pressure.somePercent > SOME_PERCENT) {
    return {
      severe: false,
      why: `programs waited for memory ${Math.round(pressure.somePercent)} % of the time`,
    };
  }
  const plenty = machine && machine.availableBytes > PLENTY_SHARE * machine.totalBytes;
  if (refaultsPerSecond > REFAULTS_PER_SECOND && !plenty) {
    return { severe: false, why: `${Math.round(refaultsPerSecond)} dropped pages a second are read again` };
  }
  return undefined;
}

/**
 * The next state. The first sign stops loads that nobody waits for; a second in a row sends models away one by one;
 * severe signs all idle ones at once. What has been given up is not taken back before 30 s of calm.
 */
export function decidePressure(
  before: PressureState,
  strain: { readonly severe: boolean; readonly why: string } | undefined,
  nowMs: number,
): PressureState {
  if (strain) {
    const strained = before.strained + 1;
    const level = strained < 2 ? "careful" : strain.severe ? "shed-all" : "shed";
    return { level, why: strain.why, calmSinceMs: undefined, strained };
  }
  if (before.level === "none") return before;
  const calmSinceMs = before.calmSinceMs ?? nowMs;
  if (nowMs - calmSinceMs >= CALM_MS) return { ...NO_PRESSURE, calmSinceMs };
  return { level: "careful", why: before.why, calmSinceMs, strained: 0 };
}
