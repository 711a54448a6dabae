import { formatBytes } from "../base/units.js";
import type { Census } from "./census.js";
import type { Resident } from "./resident.js";

/**
 * A sentence naming the first model of a ladder that the budget could hold, for the refusal of a larger one.
 * @param ladder models that do the same, best first
 */
export function offerSmaller(
  ladder: readonly (Resident | undefined)[],
  census: Census,
  budgetBytes: number,
): string | undefined {
  for (const resident of ladder) {
    const bytes = resident && census.needBytes(resident);
    if (bytes !== undefined && bytes <= budgetBytes) {
      return `${resident?.title} would fit with ${formatBytes(bytes)}.`;
    }
  }
  return undefined;
}
