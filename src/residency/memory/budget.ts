import { ConfigError } from "../../base/errors.js";
import { formatBytes, MIB, parseBytes } from "../../base/units.js";
import type { MemoryConditions } from "./memory-probe.js";

/** What the user asked for: `auto`, `60%` or `900MB`. */
export type BudgetOption =
  | { readonly kind: "auto" }
  | { readonly kind: "share"; readonly percent: number }
  | { readonly kind: "bytes"; readonly bytes: number };

/** Bytes allowed for all models together. */
export interface Budget {
  readonly bytes: number;
  /** How it came about, for people. */
  readonly reason: string;
}

/** Less than this holds no useful pair of models. */
export const SMALLEST_BUDGET_BYTES = 192 * MIB;

/** @throws {ConfigError} `config-invalid` */
export function parseBudgetOption(text: string): BudgetOption {
  const trimmed = text.trim();
  if (/^auto$/i.test(trimmed)) return { kind: "auto" };
  const percent = /^(\d+(?:\.\d+)?)\s*%$/.exec(trimmed);
  if (percent) {
    const value = Number(percent[1]);
    if (value > 0 && value <= 100) return { kind: "share", percent: value };
    throw invalid(text, "a share must lie above 0 % and not above 100 %");
  }
  const bytes = parseBytes(trimmed);
  if (bytes !== undefined && bytes > 0) return { kind: "bytes", bytes };
  throw invalid(text, "it is none of these");
}

function invalid(text: string, why: string): ConfigError {
  return new ConfigError(
    "config-invalid",
    `The memory budget "${text}" cannot be used: ${why}. Write auto, a share such as 60%, or an amount such as 900MB.`,
  );
}

/**
 * The budget for an option under the conditions at start.
 * @param ownBytes what our models hold already, so that a later look does not count them as lost
 */
export function resolveBudget(option: BudgetOption, conditions: MemoryConditions, ownBytes = 0): Budget {
  const places = placesOf(conditions);
  switch (option.kind) {
    case "auto":
      return automatic(places, ownBytes);
    case "share": {
      const { totalBytes, name } = smallest(places, (place) => place.totalBytes);
      const share = Math.round((totalBytes * option.percent) / 100);
      return atLeastSmallest(share, `${option.percent} % of the ${formatBytes(totalBytes)} ${name}`);
    }
    case "bytes": {
      const { totalBytes, name } = smallest(places, (place) => place.totalBytes);
      if (option.bytes <= totalBytes) {
        return { bytes: option.bytes, reason: `${formatBytes(option.bytes)} as configured` };
      }
      const wanted = formatBytes(option.bytes);
      return {
        bytes: totalBytes,
        reason: `${wanted} are configured, but there are only ${formatBytes(totalBytes)} ${name}`,
      };
    }
  }
}

/** Kept free on the machine for everyone else, and for what we cannot see. */
export function reserveOf(machineTotalBytes: number): number {
  return Math.max(256 * MIB, 0.1 * machineTotalBytes);
}

/** Room for more right now, and who sets the bound. */
export interface Headroom {
  readonly bytes: number;
  /** For people: `the machine has 310 MB left of which 256 MB stay free`. */
  readonly reason: string;
}

/**
 * The lesser of two rooms that are each computed within one view: our group's limit less our group's use, and the
 * machine's available memory less the reserve. Subtracting the one's use from the other's total would overlook
 * everybody else on the machine.
 */
export function headroomOf({ machine, cgroup }: MemoryConditions): Headroom {
  const rooms: Headroom[] = [];
  if (cgroup?.limitBytes !== undefined) {
    const { limitBytes, usedBytes, headroomBytes } = cgroup;
    rooms.push({
      bytes: headroomBytes,
      reason: `the container may use ${formatBytes(limitBytes)} and uses ${formatBytes(usedBytes)}`,
    });
  }
  if (machine) {
    const reserve = reserveOf(machine.totalBytes);
    rooms.push({
      bytes: Math.max(0, machine.availableBytes - reserve),
      reason: `the machine has ${formatBytes(machine.availableBytes)} left, of which ${formatBytes(reserve)} stay free`,
    });
  }
  const unknown = { bytes: Number.POSITIVE_INFINITY, reason: "this system does not tell its memory" };
  return rooms.reduce((least, room) => (room.bytes < least.bytes ? room : least), unknown);
}

/** One view of memory: the machine, or the limited group we live in. Figures of two are never mixed. */
interface Place {
  readonly name: string;
  readonly totalBytes: number;
  readonly availableBytes: number;
}

function placesOf({ machine, cgroup }: MemoryConditions): readonly [Place, ...Place[]] {
  const places: Place[] = [];
  if (machine) places.push({ name: "of this machine", ...machine });
  if (
    cgroup?.limitBytes !== undefined &&
    cgroup.limitBytes < (machine?.totalBytes ?? Number.POSITIVE_INFINITY)
  ) {
    places.push({
      name: "this container may use",
      totalBytes: cgroup.limitBytes,
      availableBytes: cgroup.headroomBytes,
    });
  }
  const [first, ...rest] = places;
  // No way to measure: a cautious guess that fits a 1 GB board.
  return first ? [first, ...rest] : [{ name: "assumed", totalBytes: 1024 * MIB, availableBytes: 512 * MIB }];
}

const smallest = (places: readonly [Place, ...Place[]], size: (place: Place) => number): Place =>
  places.reduce((least, place) => (size(place) < size(least) ? place : least));

function automatic(places: readonly [Place, ...Place[]], ownBytes: number): Budget {
  const fromAvailable = (place: Place) => 0.6 * place.availableBytes + ownBytes;
  const fromTotal = (place: Place) => 0.5 * place.totalBytes;
  const place = smallest(places, (each) => Math.min(fromAvailable(each), fromTotal(each)));
  const own = ownBytes > 0 ? ` and the ${formatBytes(ownBytes)} models hold already` : "";
  return fromAvailable(place) < fromTotal(place)
    ? atLeastSmallest(
        fromAvailable(place),
        `auto: 60 % of ${formatBytes(place.availableBytes)} available${own}`,
      )
    : atLeastSmallest(fromTotal(place), `auto: half of the ${formatBytes(place.totalBytes)} ${place.name}`);
}

function atLeastSmallest(bytes: number, reason: string): Budget {
  if (bytes >= SMALLEST_BUDGET_BYTES) return { bytes: Math.round(bytes), reason };
  return {
    bytes: SMALLEST_BUDGET_BYTES,
    reason: `${reason} would be ${formatBytes(bytes)}; never less than ${formatBytes(SMALLEST_BUDGET_BYTES)}`,
  };
}
