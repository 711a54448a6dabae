import { formatBytes, formatDuration, MIB } from "../../../base/units.js";
import type { Board } from "../../../catalog/board.js";
import type { CgroupMemory } from "../../../residency/memory/cgroup.js";
import type { MemoryPressure } from "../../../residency/memory/psi.js";
import { about, type Finding } from "./finding.js";

/** @param version as `process.versions.node` */
export function judgeNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const { ok, fail } = about("node");
  return major > 20 || (major === 20 && minor >= 19)
    ? ok(`Node.js ${version}.`)
    : fail(`Node.js ${version} is too old.`, "Install Node.js 20.19 or newer.");
}

export function judgeProcessor({
  arch,
  cores,
  cpuFlags,
}: Pick<Board, "arch" | "cores" | "cpuFlags">): Finding {
  const { ok, warn, fail } = about("processor");
  if (arch !== "x64" && arch !== "arm64") {
    return fail(
      `There are no speech libraries for ${arch}.`,
      "Use a 64-bit system (arm64 or amd64); a Raspberry Pi 3 or newer can run one.",
    );
  }
  const what = `${cores} ${cores === 1 ? "core" : "cores"}, ${arch}`;
  if (cores < 2) {
    return warn(`${what}: a model at work leaves nothing for others.`, "Choose the smallest models.");
  }
  const knownFlags = cpuFlags.some((flag) => flag !== "");
  if (arch === "x64" && knownFlags && !cpuFlags.includes("avx2")) {
    return warn(
      `${what}, without AVX2: models take several times longer.`,
      "Choose small models. In a virtual machine, pass the host's processor type through.",
    );
  }
  if (arch === "arm64" && knownFlags && !cpuFlags.includes("asimddp")) {
    return ok(`${what}, without dot product instructions, as a Raspberry Pi 4: small models answer in time.`);
  }
  return ok(`${what}.`);
}

/** Memory as the models see it. All bytes. */
export interface MemoryFacts {
  readonly budgetBytes: number;
  readonly budgetReason: string;
  readonly availableBytes: number;
  /** Absent where the system does not tell. */
  readonly totalBytes?: number;
}

const SMALL_MACHINE_BYTES = 900 * MIB;
const LITTLE_LEFT_BYTES = 300 * MIB;

export function judgeMemory({ budgetBytes, budgetReason, availableBytes, totalBytes }: MemoryFacts): Finding {
  const { ok, warn } = about("memory");
  const what = `${formatBytes(budgetBytes)} for models (${budgetReason}), ${formatBytes(availableBytes)} available`;
  if (totalBytes !== undefined && totalBytes < SMALL_MACHINE_BYTES) {
    return warn(
      `${what}; this machine has only ${formatBytes(totalBytes)}.`,
      "Set `preload: false` or choose tiny models; 2 GB and more serve speech both ways.",
    );
  }
  if (availableBytes < LITTLE_LEFT_BYTES) {
    return warn(`${what}: that is little.`, "Stop other add-ons, or lower memory_budget.");
  }
  return ok(`${what}.`);
}

const SMALL_LIMIT_BYTES = 600 * MIB;

/** @param cgroup absent where there is no memory controller */
export function judgeContainer(cgroup: CgroupMemory | undefined): Finding {
  const { ok, warn } = about("container");
  if (!cgroup || cgroup.limitBytes === undefined) return ok("No memory limit is set for this program.");
  const { limitBytes, usedBytes, oomKills } = cgroup;
  const what = `The container may use ${formatBytes(limitBytes)} of memory and uses ${formatBytes(usedBytes)}`;
  if (oomKills > 0) {
    return warn(
      `${what}; the kernel has ended ${oomKills} of its processes for want of memory.`,
      "Raise the container's limit or lower memory_budget.",
    );
  }
  return limitBytes < SMALL_LIMIT_BYTES
    ? warn(`${what}: that is little.`, "Raise the container's limit to 1 GB or more.")
    : ok(`${what}.`);
}

const MUCH_SWAPPED_BYTES = 200 * MIB;

export function judgeSwap({
  totalBytes,
  freeBytes,
}: {
  readonly totalBytes: number;
  readonly freeBytes: number;
}): Finding {
  const { ok, warn } = about("swap");
  if (totalBytes === 0) return ok("No swap: when memory is full, the kernel ends processes at once.");
  const usedBytes = totalBytes - freeBytes;
  const what = `${formatBytes(usedBytes)} of ${formatBytes(totalBytes)} swap are in use`;
  return usedBytes > MUCH_SWAPPED_BYTES && usedBytes > totalBytes / 2
    ? warn(`${what}: what was swapped out answers slowly.`, "Lower memory_budget or stop other add-ons.")
    : ok(`${what}.`);
}

/** @param pressure absent where the kernel does not tell, as on Home Assistant's Raspberry Pi images */
export function judgePressure(pressure: MemoryPressure | undefined): Finding {
  const { ok, warn } = about("pressure");
  if (!pressure) return ok("This kernel does not tell of memory pressure; free memory is watched instead.");
  const { somePercent, fullPercent } = pressure;
  return somePercent >= 10 || fullPercent >= 5
    ? warn(
        `Programs wait for memory ${Math.round(somePercent)} % of the time.`,
        "Lower memory_budget, choose smaller models or stop other add-ons.",
      )
    : ok("Nobody waits for memory.");
}

/** No earlier clock can be right: this program did not exist. */
const EARLIEST_MS = Date.UTC(2026, 0, 1);
const TOLERATED_MS = 5 * 60_000;

/** @param otherClocksMs what download hosts said the time is */
export function judgeClock(nowMs: number, otherClocksMs: readonly number[]): Finding {
  const { ok, warn, fail } = about("clock");
  const advice = "Set the clock, or let it be set over the network (NTP).";
  const now = new Date(nowMs).toISOString().slice(0, 16).replace("T", " ");
  if (nowMs < EARLIEST_MS) {
    return fail(`The clock says ${now} UTC, which has long passed: no certificate will be trusted.`, advice);
  }
  const [other] = [...otherClocksMs].sort((a, b) => Math.abs(a - nowMs) - Math.abs(b - nowMs));
  const offMs = other === undefined ? 0 : Math.abs(other - nowMs);
  return offMs > TOLERATED_MS
    ? warn(`The clock says ${now} UTC and is wrong by ${formatDuration(offMs)}.`, advice)
    : ok(`The clock says ${now} UTC.`);
}
