import { downloadBytes } from "../catalog/choose.js";
import type { ModelManifest } from "../catalog/manifest.js";
import type { FootprintBook } from "../residency/footprint-book.js";
import { keyOf, knownFootprint, loadOptionsOf } from "../residency/load-options.js";
import type { ResidentModel } from "../residency/resident-model.js";
import type { Foresight } from "../sessions/foresight.js";
import { foreseeCommands } from "./home/foresee-commands.js";
import { type Decision, type PlanFacts, planFor, standInsOf, withStandIns } from "./warm-up-plan.js";

/** What a look ahead is made from. */
export interface ForeseeFacts extends Decision, PlanFacts {
  readonly language: string;
  /** Who is to listen for commands of the home; absent where nobody is. */
  readonly commands: ModelManifest | undefined;
  readonly isPresent: (id: string) => boolean;
  /** False for a model whose sources do not answer at present. */
  readonly isReachable: (model: ModelManifest) => boolean;
}

/** What this board has learned of models that may be loaded. */
export function learnedFigures(
  residents: readonly ResidentModel[],
  book: FootprintBook,
): Pick<PlanFacts, "footprintOf" | "growthOf"> {
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
  const { language, budget, ladder, catalog } = facts;
  const warmUp = planFor(facts, facts);
  const answers = withStandIns(facts.choices, standInsOf(facts, warmUp)).map((choice) => ({
    ...ladder.choose(choice.capability, {}, { planned: false }),
    choice,
  }));
  const commands = facts.commands && foreseeCommands(facts.commands, warmUp, facts);
  const loaded = new Set([
    ...warmUp.loads.map(({ model }) => model),
    ...(commands?.fits ? [commands.model] : []),
  ]);
  return {
    budgetBytes: budget.bytes,
    budgetReason: budget.reason,
    language,
    answers: answers.map(({ choice: { capability, model, why }, rungs, leftOut }) => ({
      capability,
      model,
      why,
      // Wake words are those the user named: no other word does in their place.
      fallbacks: capability === "wake" ? [] : rungs.flatMap(({ id }) => (id === model ? [] : id)),
      leftOut: capability === "wake" ? [] : leftOut,
    })),
    warmUp,
    ...(commands ? { commands } : {}),
    downloads: [...loaded].flatMap((model) => {
      const manifest = catalog.find(model);
      if (!manifest || manifest.files.length === 0 || facts.isPresent(model)) return [];
      const bytes = downloadBytes(manifest);
      const reachable = facts.isReachable(manifest);
      return [{ model, reachable, ...(bytes === undefined ? {} : { bytes }) }];
    }),
  };
}
