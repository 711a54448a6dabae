import { formatBytes } from "../../base/units.js";
import type { ModelManifest } from "../../catalog/manifest.js";
import { needOf } from "../../residency/footprint.js";
import type { WarmUpPlan } from "../../residency/plan.js";
import type { CommandsPlan } from "../../sessions/foresight.js";
import type { PlanFacts } from "../warm-up-plan.js";

/**
 * Whether a model that listens for commands fits beside all that is loaded at start. It takes nobody's place, and nobody
 * takes its: without it everything is dictated.
 */
export function foreseeCommands(
  model: ModelManifest,
  { loads, totalBytes }: WarmUpPlan,
  { budget, footprintOf, growthOf }: PlanFacts,
): CommandsPlan {
  const { id, title } = model;
  if (loads.some((load) => load.model === id))
    return { model: id, fits: true, sentence: `${title}, which is loaded anyway` };
  const { loadBytes, readyBytes } = needOf(footprintOf(id), model.memory, growthOf(id));
  const left = Math.max(0, budget.bytes - totalBytes);
  if (loadBytes > left) {
    const need = `needs ${formatBytes(loadBytes)}, and ${formatBytes(left)} are left beside the others`;
    return { model: id, fits: false, sentence: `nobody: ${title} ${need}; all is dictated` };
  }
  const then = `then ${formatBytes(totalBytes + readyBytes)} of ${formatBytes(budget.bytes)} are taken`;
  return {
    model: id,
    fits: true,
    sentence: `${title}, after all others: ${formatBytes(readyBytes)}, ${then}`,
  };
}
