import { formatBytes, formatDuration } from "../base/units.js";
import { CAPABILITIES, type Capability, type ModelManifest } from "../catalog/manifest.js";
import { type Footprint, type Need, needOf, reloadMsOf } from "./footprint.js";
import type { Budget } from "./memory/budget.js";
import { BARE_WORKER_BYTES } from "./worker-home.js";

/** A model somebody wants to have ready. */
export interface PlannedModel {
  readonly manifest: ModelManifest;
  /** Why: `choice for en`, `preload_models`. */
  readonly reason: string;
  /** Among models of one capability, higher first. */
  readonly priority: number;
  /** Models that could do instead, best first. */
  readonly instead: readonly ModelManifest[];
}

/** A load of the plan, in its order. */
export interface PlannedLoad {
  readonly model: string;
  readonly title: string;
  readonly reason: string;
  /** While it loads, and from then on. */
  readonly loadBytes: number;
  readonly readyBytes: number;
  /** Whether these were measured on this board. */
  readonly source: "learned" | "estimated";
  /** Milliseconds until it is ready, files being there. */
  readonly ms: number;
  /** What all models hold once it is ready. */
  readonly totalBytes: number;
  /** Set when it stands in for another. */
  readonly insteadOf?: string;
  /** In plain words. */
  readonly sentence: string;
}

/** A model that stays out. It loads at its first request, in the place of others. */
export interface LeftOut {
  readonly model: string;
  readonly title: string;
  /** In plain words. */
  readonly why: string;
}

export interface WarmUpPlan {
  readonly loads: readonly PlannedLoad[];
  readonly leftOut: readonly LeftOut[];
  readonly totalBytes: number;
  readonly totalMs: number;
  /** The whole plan for people, a line each. */
  readonly lines: readonly string[];
}

export interface PlanOptions {
  /** Factor on a model's need after kills for want of memory, 1 normally. */
  readonly growthOf?: (model: string) => number;
  /** Whether a model lives in the process that small ones share; the first of them pays for that process. */
  readonly isShared?: (model: ModelManifest) => boolean;
}

/**
 * What will be loaded in which order, what that costs, and what does not fit. Pure: the same figures give the same
 * plan. Small helpers come first, then what is needed first in a conversation.
 * @param footprintOf learned figures on this board, if there are any
 */
export function planWarmUp(
  wanted: readonly PlannedModel[],
  budget: Budget,
  footprintOf: (model: string) => Footprint | undefined,
  { growthOf = () => 1, isShared = () => false }: PlanOptions = {},
): WarmUpPlan {
  const loads: PlannedLoad[] = [];
  const leftOut: LeftOut[] = [];
  let totalBytes = 0;
  let hasShared = false;
  const need = (model: ModelManifest): Need => {
    const { loadBytes, readyBytes, source } = needOf(footprintOf(model.id), model.memory, growthOf(model.id));
    const startBytes = isShared(model) && !hasShared ? BARE_WORKER_BYTES : 0;
    return { loadBytes: loadBytes + startBytes, readyBytes: readyBytes + startBytes, source };
  };
  for (const { manifest, reason, instead } of inOrder(wanted)) {
    if (loads.some(({ model }) => model === manifest.id)) continue;
    const fits = (candidate: ModelManifest) => totalBytes + need(candidate).loadBytes <= budget.bytes;
    const chosen = [manifest, ...instead].find(fits);
    if (!chosen) {
      leftOut.push(leaveOut(manifest, instead, budget, totalBytes, need));
      continue;
    }
    if (loads.some(({ model }) => model === chosen.id)) continue;
    const { loadBytes, readyBytes, source } = need(chosen);
    const ms = reloadMsOf(footprintOf(chosen.id), chosen.memory);
    hasShared ||= isShared(chosen);
    totalBytes += readyBytes;
    const load = {
      model: chosen.id,
      title: chosen.title,
      reason,
      loadBytes,
      readyBytes,
      source,
      ms,
      totalBytes,
      ...(chosen !== manifest && { insteadOf: manifest.id }),
    };
    loads.push({ ...load, sentence: describeLoad(load, manifest, budget) });
  }
  const totalMs = loads.reduce((sum, { ms }) => sum + ms, 0);
  const lines = [
    `Budget: ${formatBytes(budget.bytes)} (${budget.reason})`,
    ...loads.map(({ sentence }, index) => `${index + 1}. ${sentence}`),
    ...leftOut.map(({ why }) => `-  ${why}`),
    `Together: ${formatBytes(totalBytes)} of ${formatBytes(budget.bytes)}, ready after ${formatDuration(totalMs)}`,
  ];
  return { loads, leftOut, totalBytes, totalMs, lines };
}

/** The order in which models are warmed: capability first, then priority, then as given. */
export function inOrder<T extends Pick<PlannedModel, "manifest" | "priority">>(
  wanted: readonly T[],
): readonly T[] {
  const rank = (capability: Capability) => CAPABILITIES.indexOf(capability);
  return [...wanted].sort(
    (a, b) => rank(a.manifest.capability) - rank(b.manifest.capability) || b.priority - a.priority,
  );
}

function describeLoad(load: Omit<PlannedLoad, "sentence">, wanted: ModelManifest, budget: Budget): string {
  const { title, reason, loadBytes, readyBytes, source, ms, totalBytes, insteadOf } = load;
  const figures = source === "learned" ? "measured here" : "estimated";
  const peak = loadBytes > readyBytes ? ` (${formatBytes(loadBytes)} while it loads)` : "";
  const place = insteadOf === undefined ? "" : ` in the place of ${wanted.title}, which does not fit`;
  return (
    `${title}${place}: ${formatBytes(readyBytes)}${peak}, ${formatDuration(ms)}, ${figures}; ` +
    `${reason}; then ${formatBytes(totalBytes)} of ${formatBytes(budget.bytes)} are taken`
  );
}

function leaveOut(
  manifest: ModelManifest,
  instead: readonly ModelManifest[],
  budget: Budget,
  takenBytes: number,
  needOfModel: (model: ModelManifest) => Need,
): LeftOut {
  const needBytes = (model: ModelManifest) => needOfModel(model).loadBytes;
  const { id, title } = manifest;
  const need = `${title} needs ${formatBytes(needBytes(manifest))}`;
  const smallest = Math.min(needBytes(manifest), ...instead.map(needBytes));
  const why =
    smallest > budget.bytes
      ? `${need}, more than the whole budget of ${formatBytes(budget.bytes)}: raise the budget or choose a smaller model`
      : `${need}, but only ${formatBytes(budget.bytes - takenBytes)} are left: it loads at its first request and another leaves for it`;
  return { model: id, title, why };
}
