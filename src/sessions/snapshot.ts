import type { AssetState } from "../assets/model-store.js";
import type { Capability } from "../catalog/manifest.js";

/** What the whole program is doing, as one word. Also the options of the `phase` sensor. */
export const PHASES = [
  "starting",
  "downloading",
  "loading",
  "warming",
  "ready",
  "degraded",
  "error",
] as const;
export type Phase = (typeof PHASES)[number];

/** Life of a model in memory, as sensors show it. Order is the order of a life. */
export const RESIDENCY_STATES = ["cold", "loading", "warming", "ready", "draining", "failed"] as const;
export type ResidencyStateName = (typeof RESIDENCY_STATES)[number];

/** One look at the whole program: the single truth behind sensors, web page, API, metrics and `irene status`. */
export interface Snapshot {
  readonly version: string;
  /** Random, persisted: makes entity ids unique and stable. */
  readonly installId: string;
  readonly startedAtMs: number;
  readonly atMs: number;
  readonly phase: Phase;
  /** True when every model to be preloaded is ready. */
  readonly ready: boolean;
  /** Of the start-up warm-up, 0 to 1. */
  readonly progress: number;
  /** What is wrong now, in one sentence. */
  readonly problem?: string;
  /** Milliseconds from start to ready, once reached. */
  readonly warmUpMs?: number;
  readonly memory: MemorySnapshot;
  readonly models: readonly ModelSnapshot[];
  readonly choices: readonly ChoiceSnapshot[];
  readonly listeners: readonly ListenerSnapshot[];
  readonly requests: RequestsSnapshot;
  /** Absent where nothing can be changed while running. */
  readonly settings?: SettingsSnapshot;
  /** Sites of satellites heard of over MQTT, in the order of their names. */
  readonly sites?: readonly string[];
  /** What the Supervisor measures of the whole container. Absent outside an add-on. */
  readonly addon?: AddonSnapshot;
  /** The microphone and speaker of this machine; absent where they are not used. */
  readonly board?: BoardSnapshot;
}

/** The add-on's container: all processes, and what the kernel keeps of files for them. */
export interface AddonSnapshot {
  /** When the Supervisor was asked. */
  readonly atMs: number;
  /** Of all cores together, 0 to 100. */
  readonly cpuPercent: number;
  readonly memoryBytes: number;
  readonly memoryLimitBytes: number;
}

/** What the microphone and speaker of this machine are at, for people and for lights. */
export const BOARD_STATES = ["idle", "listening", "thinking", "speaking", "muted", "error"] as const;
export type BoardState = (typeof BOARD_STATES)[number];

/** The machine as a satellite of its own. */
export interface BoardSnapshot {
  /** Its name among the satellites. */
  readonly site: string;
  readonly state: BoardState;
  readonly muted: boolean;
  /** 0 to 100. */
  readonly volume: number;
  /** What records, as `naudiodon`; absent while nothing does. */
  readonly backend?: string;
  /** Why there is no sound; absent while there is. */
  readonly problem?: string;
  /** Times that sound of the microphone was lost since the start, and milliseconds of it. */
  readonly gaps: number;
  readonly lostMs: number;
}

/** Settings that can be changed while running, as they are now. */
export interface SettingsSnapshot {
  /** Seconds an idle model stays in memory; -1 keeps it for as long as memory allows. */
  readonly keepAliveSeconds: number;
  readonly preload: readonly PreloadSnapshot[];
}

/** Whether a provider's model is loaded at start. */
export interface PreloadSnapshot {
  readonly capability: Capability;
  readonly provider: string;
  readonly on: boolean;
}

export interface MemorySnapshot {
  readonly budgetBytes: number;
  /** How the budget came about, for people: `auto: 60 % of 3.1 GB available`. */
  readonly budgetReason: string;
  /** Measured for all workers together. */
  readonly modelsBytes: number;
  /** Promised to models that load or drain, beyond what is measured. */
  readonly reservedBytes: number;
  /** This process. */
  readonly ownBytes: number;
  readonly availableBytes: number;
}

export interface ModelSnapshot {
  readonly id: string;
  readonly title: string;
  readonly provider: string;
  readonly capability: Capability;
  readonly languages: readonly string[];
  readonly licence: string;
  readonly commercial: boolean;
  readonly asset: AssetState;
  /** Bytes to fetch, where the catalog knows. */
  readonly downloadBytes?: number;
  /** Never leaves memory by itself. */
  readonly pinned?: boolean;
  readonly state: ResidencyStateName;
  /** Whether it has been ready since the program started. */
  readonly wasReady?: boolean;
  readonly leases: number;
  /** Measured while in memory, else what is known or estimated. */
  readonly memoryBytes: number;
  readonly memorySource: "measured" | "learned" | "estimated";
  readonly loadMs?: number;
  readonly warmUpMs?: number;
  readonly lastUsedAtMs?: number;
  readonly error?: string;
  readonly retryAtMs?: number;
  /** Why it is in memory or should be: `preload`, `choice for en`, `asked by a request`. */
  readonly reason?: string;
}

export interface ChoiceSnapshot {
  readonly capability: Capability;
  readonly language: string;
  readonly model: string | undefined;
  /** In plain words. */
  readonly why: string;
}

export interface ListenerSnapshot {
  /** `wyoming`, `http`, `mqtt`. */
  readonly name: string;
  readonly address: string;
  readonly port: number;
}

export interface RequestsSnapshot {
  readonly total: number;
  readonly failed: number;
  readonly active: number;
  readonly lastSttMs?: number;
  readonly lastTtsMs?: number;
  /** Time spent in each stage by all requests that have ended, by kind and stage. Absent until one has. */
  readonly stageTotals?: readonly StageTotal[];
  /** Newest first, bounded. */
  readonly recent: readonly RequestTrace[];
}

/** Time that requests of one kind spent in one stage, from reaching it to reaching the next. */
export interface StageTotal {
  readonly kind: RequestTrace["kind"];
  readonly stage: string;
  readonly count: number;
  readonly totalMs: number;
}

/** One request and how long each of its stages took. Holds no text. */
export interface RequestTrace {
  readonly id: string;
  readonly kind: "transcribe" | "synthesize" | "wake";
  readonly gateway: string;
  readonly peer?: string;
  readonly language?: string;
  readonly model?: string;
  readonly startedAtMs: number;
  readonly stages: readonly { readonly name: string; readonly atMs: number }[];
  readonly outcome: "running" | "done" | "failed" | "cancelled";
  readonly error?: string;
  readonly degraded?: string;
  readonly audioSeconds?: number;
  /** Where commands are listened for: whether it was one, and why. */
  readonly decided?: "command" | "dictation";
  readonly why?: string;
}

/** Where gateways look. */
export interface SnapshotSource {
  current(): Snapshot;
  /** Called after something changed, at most a few times a second. */
  onChange(listener: (snapshot: Snapshot) => void): () => void;
}
