import type { ModelManifest } from "../catalog/manifest.js";
import type { ModelStateName } from "./model-state.js";

/** A model that residency may be asked for, with the options that apply to it. */
export interface ResidentModel {
  readonly manifest: ModelManifest;
  /** The provider's title, for people: `Whisper`. */
  readonly title: string;
  /** `shared`: lives with other small ones in one process. */
  readonly isolation: "own" | "shared";
  readonly settings: Readonly<Record<string, unknown>>;
  readonly threads: number;
  /** ONNX Runtime's memory arena; `auto` decides by measuring both. */
  readonly arena: boolean | "auto";
  /** Seconds in memory after the last use: 0 leaves at once, -1 stays for ever. */
  readonly keepAliveSeconds: number;
  /** Never leaves by itself. */
  readonly pinned: boolean;
  /** Factor on its worth against others, 1 normally. */
  readonly priority: number;
}

/** One model as residency sees it. */
export interface ModelView {
  readonly id: string;
  readonly state: ModelStateName;
  readonly leases: number;
  /** Measured while in memory, else what is known or estimated. */
  readonly memoryBytes: number;
  readonly memorySource: "measured" | "learned" | "estimated";
  /** Whether it has been ready since the program started. */
  readonly wasReady?: boolean;
  readonly pinned: boolean;
  readonly keepAliveSeconds: number;
  /** From the start of the process to the loaded model, last time or as learned. */
  readonly loadMs?: number;
  readonly warmUpMs?: number;
  /** Latency to expect of a short request. */
  readonly answerMs?: number;
  readonly lastUsedAtMs?: number;
  /** One sentence. */
  readonly error?: string;
  /** Wall time of the next try; `Infinity` waits until somebody asks. */
  readonly retryAtMs?: number;
  /** Why it is in memory or should be: `preload`, `asked by a request`. */
  readonly reason?: string;
}

/** All memory together, in bytes. */
export interface MemoryTotals {
  readonly budgetBytes: number;
  readonly budgetReason: string;
  /** Of all workers, as last measured. */
  readonly measuredBytes: number;
  /** Promised to models beyond what is measured. */
  readonly reservedBytes: number;
  /** This process. */
  readonly ownBytes: number;
  /** What the machine, or the container, has left. */
  readonly availableBytes: number;
}

export interface ResidencyView extends MemoryTotals {
  /** In the order in which they were given. */
  readonly models: readonly ModelView[];
}

/** A model that was sent away. */
export interface Eviction {
  readonly model: string;
  readonly bytes: number;
  /** In plain words. */
  readonly why: string;
}

export interface ResidencyEvents {
  /** A model's state or figures changed. */
  model: ModelView;
  /** The budget or what is measured changed. */
  totals: MemoryTotals;
  evicted: Eviction;
}
