import type { Catalog } from "../catalog/catalog.js";
import { downloadBytes } from "../catalog/choose.js";
import type { ModelManifest } from "../catalog/manifest.js";
import type { Footprint } from "../residency/footprint.js";
import type { FootprintBook } from "../residency/footprint-book.js";
import { keyOf, knownFootprint, loadOptionsOf } from "../residency/load-options.js";
import type { Budget } from "../residency/memory/budget.js";
import { type PlannedModel, planWarmUp } from "../residency/plan.js";
import type { ResidentModel } from "../residency/resident-model.js";
import type { Foresight } from "../sessions/foresight.js";
import type { CatalogLadder } from "./catalog-ladder.js";
import type { Decision } from "./preload.js";

/** What a look ahead is made from. */
export interface ForeseeFacts extends Decision {
  readonly language: string;
  readonly budget: Budget;
  readonly ladder: CatalogLadder;
  readonly catalog: Catalog;
  readonly isPresent: (id: string) => boolean;
  /** False for a model whose sources do not answer at present. */
  readonly isReachable: (model: ModelManifest) => boolean;
  readonly footprintOf: (id: string) => Footprint | undefined;
  readonly growthOf: (id: string) => number;
}

/** What this board has learned of models that may be loaded. */
export function learnedFigures(
  residents: readonly ResidentModel[],
  book: FootprintBook,
): Pick<ForeseeFacts, "footprintOf" | "growthOf"> {
  const byId = new Map(residents.map((resident) => [resident.manifest.id, resident]));
  return {
    footprintOf: (id) => {
      const resident = byId.get(id);
      return resident && knownFootprint(resident, book);
    },
    growthOf: (id) => {
      const resident = byId.get(id);
      return resident ? book.growth(keyOf(resident, loadOptionsOf(resident, book))) : 1;
    },
  };
}

/** What the next start would do, and why. Nothing is changed by looking. */
export function foresee(facts: ForeseeFacts): Foresight {
  const { language, budget, ladder, wanted, choices, catalog, footprintOf, growthOf } = facts;
  const chosen = choices.map((choice) => ({ ...ladder.choose(choice.capability, {}), choice }));
  const models = [...wanted].flatMap(([id, reason]): PlannedModel[] => {
    const manifest = catalog.find(id);
    if (!manifest) return [];
    const rungs = chosen.find(({ capability }) => capability === manifest.capability)?.rungs ?? [];
    return [
      {
        manifest,
        reason,
        priority: rungs[0] === manifest ? 1 : 0,
        // A smaller one can do instead; a larger one would only fit less.
        instead: rungs.filter(
          (other) => other !== manifest && other.memory.steadyBytes < manifest.memory.steadyBytes,
        ),
      },
    ];
  });
  const warmUp = planWarmUp(models, budget, footprintOf, growthOf);
  return {
    budgetBytes: budget.bytes,
    budgetReason: budget.reason,
    language,
    answers: chosen.map(({ choice: { capability, model, why }, rungs, leftOut }) => ({
      capability,
      model,
      why,
      // Wake words are those the user named: no other word does in their place.
      fallbacks: capability === "wake" ? [] : rungs.flatMap(({ id }) => (id === model ? [] : id)),
      leftOut: capability === "wake" ? [] : leftOut,
    })),
    warmUp,
    downloads: warmUp.loads.flatMap(({ model }) => {
      const manifest = catalog.find(model);
      if (!manifest || manifest.files.length === 0 || facts.isPresent(model)) return [];
      const bytes = downloadBytes(manifest);
      const reachable = facts.isReachable(manifest);
      return [{ model, reachable, ...(bytes === undefined ? {} : { bytes }) }];
    }),
  };
}
