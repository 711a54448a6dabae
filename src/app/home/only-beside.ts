import { BudgetError } from "../../base/errors.js";
import { formatBytes } from "../../base/units.js";
import type { ResidencyView } from "../../residency/resident-model.js";
import type { CommandResidency } from "./language-commands.js";

/** What is asked of residency before it is asked to load. */
export interface SeenResidency extends CommandResidency {
  view(): Pick<ResidencyView, "budgetBytes" | "measuredBytes" | "reservedBytes" | "models">;
}

/**
 * The same residency, not even asked for a model that has no room beside the others: that a small board dictates
 * everything is as it should be, and residency would report it as an error at every look.
 * @param needBytes what a model takes while it loads
 */
export function onlyBeside(residency: SeenResidency, needBytes: (model: string) => number): CommandResidency {
  return {
    isReady: (model) => residency.isReady(model),
    lease: (model, options) => residency.lease(model, options),
    async warmUp(model, options) {
      const { budgetBytes, measuredBytes, reservedBytes, models } = residency.view();
      const state = models.find(({ id }) => id === model)?.state;
      const need = needBytes(model);
      const left = Math.max(0, budgetBytes - measuredBytes - reservedBytes);
      // One on its way into memory is among what is reserved.
      if ((state === "cold" || state === "failed") && need > left) {
        throw new BudgetError(
          "over-budget",
          `it needs ${formatBytes(need)}, and ${formatBytes(left)} of ${formatBytes(budgetBytes)} are left beside the others`,
        );
      }
      await residency.warmUp(model, options);
    },
  };
}
