import type { Capability } from "../catalog/manifest.js";
import type { WarmUpPlan } from "../residency/plan.js";

/** What the next start would do, and why. */
export interface Foresight {
  readonly budgetBytes: number;
  readonly budgetReason: string;
  readonly language: string;
  readonly answers: readonly AnswerPlan[];
  readonly warmUp: WarmUpPlan;
  /** Who listens for commands of the home beside all that; absent where nobody is to. */
  readonly commands?: CommandsPlan;
  /** What has to be fetched before that. */
  readonly downloads: readonly PlannedDownload[];
}

/** Whether a model that listens for commands fits. */
export interface CommandsPlan {
  readonly model: string;
  readonly fits: boolean;
  /** In plain words. */
  readonly sentence: string;
}

/** Who answers for a capability. */
export interface AnswerPlan {
  readonly capability: Capability;
  /** Absent when nobody can. */
  readonly model: string | undefined;
  readonly why: string;
  /** Who answers when it cannot, best first. */
  readonly fallbacks: readonly string[];
  /** Models of the language that cannot be chosen. */
  readonly leftOut: readonly { readonly id: string; readonly why: string }[];
}

export interface PlannedDownload {
  readonly model: string;
  /** Absent when nobody knows before. */
  readonly bytes?: number;
  /** False when its source does not answer now. */
  readonly reachable: boolean;
}
