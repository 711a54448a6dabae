import type { AssetState } from "../assets/model-store.js";
import { RESIDENCY_STATES, type ResidencyStateName } from "./snapshot.js";

/** What a model can be at, as one word: the work on its files where there is some, else its life in memory. */
export const LIFE_STAGES = [...RESIDENCY_STATES, "downloading", "verifying", "extracting"] as const;
export type LifeStage = (typeof LIFE_STAGES)[number];

/** When a model began to be at something. */
export interface LifeMoment {
  readonly stage: LifeStage;
  /** Wall time. */
  readonly atMs: number;
}

/** What models did before. */
export interface LifeSource {
  /** Oldest first, by model id; models that did nothing are absent. */
  lives(): Readonly<Record<string, readonly LifeMoment[]>>;
}

/** What a model on disk and in memory is at. */
export function stageOf(asset: AssetState["name"], state: ResidencyStateName): LifeStage {
  if (asset === "downloading" || asset === "verifying" || asset === "extracting") return asset;
  return asset === "corrupt" ? "failed" : state;
}
