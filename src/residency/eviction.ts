import { formatBytes, formatDuration, MIB } from "../base/units.js";

/** A model in memory, seen by whoever needs its room. */
export interface Candidate {
  readonly id: string;
  /** What its leaving gives back. */
  readonly bytes: number;
  readonly leases: number;
  readonly pinned: boolean;
  /** Milliseconds to have it back. */
  readonly reloadMs: number;
  /** 0 to 1, that it is asked for soon. */
  readonly likelihood: number;
  /** Factor on its worth; 1 normally. */
  readonly priority: number;
  readonly readyForMs: number;
  readonly idleForMs: number;
}

/** Below this a model has hardly repaid its load. */
export const MIN_RESIDENCY_MS = 30_000;

export interface Victim {
  readonly id: string;
  readonly bytes: number;
  /** For people. */
  readonly why: string;
}

/**
 * Who leaves so that `neededBytes` come back: those whose reload costs least for the memory they hold, weighed with
 * how likely they are asked for again. Never a leased or pinned one.
 * @param protectYoung spare models that got ready less than 30 s ago. Without it they go too, but after all others.
 * @returns the smallest such choice in order of leaving, or undefined when all of them together are not enough
 */
export function chooseVictims(
  candidates: readonly Candidate[],
  neededBytes: number,
  { protectYoung }: { readonly protectYoung: boolean },
): readonly Victim[] | undefined {
  if (neededBytes <= 0) return [];
  const isYoung = ({ readyForMs }: Candidate) => readyForMs < MIN_RESIDENCY_MS;
  const order = candidates
    .filter(({ leases, pinned, bytes }) => leases === 0 && !pinned && bytes > 0)
    .filter((candidate) => !(protectYoung && isYoung(candidate)))
    .sort(
      (a, b) => Number(isYoung(a)) - Number(isYoung(b)) || worthOf(a) - worthOf(b) || (a.id < b.id ? -1 : 1),
    );
  const chosen: Candidate[] = [];
  let freed = 0;
  for (const candidate of order) {
    if (freed >= neededBytes) break;
    chosen.push(candidate);
    freed += candidate.bytes;
  }
  if (freed < neededBytes) return undefined;
  // The last one taken may have made earlier, smaller ones unnecessary. The dearest are spared first.
  for (const candidate of [...chosen].reverse()) {
    if (freed - candidate.bytes < neededBytes) continue;
    chosen.splice(chosen.indexOf(candidate), 1);
    freed -= candidate.bytes;
  }
  return chosen.map((candidate) => ({ id: candidate.id, bytes: candidate.bytes, why: explain(candidate) }));
}

/** Who leaves when more is in memory than may be: as `chooseVictims`, or all that can go when that is not enough. */
export function chooseToShed(candidates: readonly Candidate[], overBytes: number): readonly Victim[] {
  const all = candidates
    .filter(({ leases, pinned }) => leases === 0 && !pinned)
    .reduce((sum, { bytes }) => sum + bytes, 0);
  return chooseVictims(candidates, Math.min(overBytes, all), { protectYoung: false }) ?? [];
}

/** Expected milliseconds of waiting that a mebibyte of this model saves. */
export function worthOf({ likelihood, reloadMs, priority, bytes }: Candidate): number {
  return (likelihood * reloadMs * priority) / Math.max(bytes / MIB, 0.01);
}

function explain({ bytes, reloadMs, idleForMs }: Candidate): string {
  return `unused for ${formatDuration(idleForMs)}, frees ${formatBytes(bytes)}, back in ${formatDuration(reloadMs)}`;
}
