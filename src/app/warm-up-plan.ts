import type { Catalog } from "../catalog/catalog.js";
import type { ModelManifest } from "../catalog/manifest.js";
import { findProvider } from "../engines/registry.js";
import type { Footprint } from "../residency/footprint.js";
import type { Budget } from "../residency/memory/budget.js";
import { type PlannedModel, planWarmUp, type WarmUpPlan } from "../residency/plan.js";
import type { ChoiceSnapshot } from "../sessions/snapshot.js";
import type { CatalogLadder } from "./catalog-ladder.js";

/** Who answers, and who is to be ready, before anybody has looked at memory. */
export interface Decision {
  /** Models in the order of their loads, with the reason of each. */
  readonly wanted: ReadonlyMap<string, string>;
  readonly choices: readonly ChoiceSnapshot[];
  /** Of the models that answer, those nobody has named: a smaller one may answer in their place. */
  readonly automatic: ReadonlySet<string>;
}

/** What a plan is made from besides a decision. */
export interface PlanFacts {
  readonly catalog: Catalog;
  readonly ladder: CatalogLadder;
  readonly budget: Budget;
  /** Learned on this board. */
  readonly footprintOf: (id: string) => Footprint | undefined;
  readonly growthOf: (id: string) => number;
  /** As the settings of its provider say; 1 normally. */
  readonly priorityOf?: (model: ModelManifest) => number;
}

/** The plan both `irene plan` shows and the start carries out. Nothing is changed by making it. */
export function planFor({ wanted, choices }: Decision, facts: PlanFacts): WarmUpPlan {
  const { catalog, ladder, budget, footprintOf, growthOf, priorityOf = () => 1 } = facts;
  const ladders = new Map(
    choices.map(({ capability }) => [capability, ladder.choose(capability, {}, { planned: false }).rungs]),
  );
  const models = [...wanted].flatMap(([id, reason]): PlannedModel[] => {
    const manifest = catalog.find(id);
    if (!manifest) return [];
    const rungs = ladders.get(manifest.capability) ?? [];
    return [
      {
        manifest,
        reason,
        priority: priorityOf(manifest),
        instead: smallerThan(manifest, rungs),
      },
    ];
  });
  return planWarmUp(models, budget, footprintOf, { growthOf, isShared });
}

/** Models that could do in the place of one that does not fit. A larger one would only fit less. */
export function smallerThan(model: ModelManifest, rungs: readonly ModelManifest[]): readonly ModelManifest[] {
  // Wake words are those the user named: no other word does in their place.
  if (model.capability === "wake") return [];
  return rungs.filter((other) => other !== model && other.memory.steadyBytes < model.memory.steadyBytes);
}

/** Automatic choices that do not fit, and who answers in their place. */
export function standInsOf({ automatic }: Decision, { loads }: WarmUpPlan): ReadonlyMap<string, string> {
  return new Map(
    loads.flatMap(({ model, insteadOf }) =>
      insteadOf !== undefined && automatic.has(insteadOf) ? [[insteadOf, model] as const] : [],
    ),
  );
}

/** The choices with those in whose place another answers. */
export function withStandIns(
  choices: readonly ChoiceSnapshot[],
  standIns: ReadonlyMap<string, string>,
): readonly ChoiceSnapshot[] {
  return choices.map((choice) => {
    const standIn = choice.model === undefined ? undefined : standIns.get(choice.model);
    if (standIn === undefined) return choice;
    return { ...choice, model: standIn, why: inPlaceOf(choice.model) };
  });
}

/** Why another model answers than the best. */
export const inPlaceOf = (model: string | undefined): string =>
  `in the place of ${model}, which does not fit beside the others`;

const isShared = ({ provider }: ModelManifest): boolean => findProvider(provider)?.isolation === "shared";
