import type { AssetState } from "../../../assets/model-store.js";
import { CAPABILITIES } from "../../../catalog/manifest.js";
import type { LifeMoment } from "../../../sessions/model-lives.js";
import { LIFE_STAGES } from "../../../sessions/model-lives.js";
import {
  type AddonSnapshot,
  BOARD_STATES,
  type BoardSnapshot,
  type ChoiceSnapshot,
  type ListenerSnapshot,
  type MemorySnapshot,
  type ModelSnapshot,
  PHASES,
  type PreloadSnapshot,
  RESIDENCY_STATES,
  type RequestsSnapshot,
  type RequestTrace,
  type SettingsSnapshot,
  type Snapshot,
  type StageTotal,
} from "../../../sessions/snapshot.js";
import {
  bytes,
  count,
  flag,
  list,
  maybe,
  milliseconds,
  moment,
  number,
  object,
  oneOf,
  ref,
  type Schema,
  text,
} from "./json-schema.js";

type Asset<Name extends AssetState["name"]> = Extract<AssetState, { readonly name: Name }>;
const named = (name: AssetState["name"]): Schema => ({ type: "string", const: name });

/** What a model is for. */
export const capability = oneOf(
  CAPABILITIES,
  "stt hears, tts speaks, wake waits for a word, vad finds speech",
);
const kind = oneOf(["transcribe", "synthesize", "wake"]);

/** Everything `GET /api/status` tells. */
export const SNAPSHOT_SCHEMAS: Readonly<Record<string, Schema>> = {
  Snapshot: object<Snapshot>({
    version: text(),
    installId: text("Of this installation, for ever"),
    startedAtMs: moment(),
    atMs: moment("When this was looked at"),
    phase: oneOf(PHASES),
    ready: flag("Every model to be preloaded is ready"),
    progress: number("Of the warm-up at start, 0 to 1"),
    problem: maybe(text("What is wrong now, in one sentence")),
    warmUpMs: maybe(milliseconds("Start to ready, once reached")),
    memory: ref("Memory"),
    models: list(ref("Model")),
    choices: list(ref("Choice")),
    listeners: list(ref("Listener")),
    requests: ref("Requests"),
    settings: maybe(ref("Settings")),
    sites: maybe(list(text(), "Satellites heard of over MQTT")),
    addon: maybe(ref("Addon")),
    board: maybe(ref("Board")),
  }),
  Board: object<BoardSnapshot>({
    site: text("Name of this machine among the satellites"),
    state: oneOf(BOARD_STATES),
    muted: flag(),
    volume: number("0 to 100"),
    backend: maybe(text("What records")),
    problem: maybe(text("Why there is no sound")),
    gaps: count("Times that sound of the microphone was lost since start"),
    lostMs: milliseconds("Of sound lost"),
  }),
  Memory: object<MemorySnapshot>({
    budgetBytes: bytes("What all models together may hold"),
    budgetReason: text("How the budget came about"),
    modelsBytes: bytes("Measured for all model processes"),
    reservedBytes: bytes("Promised beyond what is measured"),
    ownBytes: bytes("The main process"),
    availableBytes: bytes("What the machine or container has left"),
  }),
  Model: object<ModelSnapshot>({
    id: text("`provider/model`"),
    title: text(),
    provider: text(),
    capability,
    languages: list(text(), "Codes; empty means any"),
    licence: text(),
    commercial: flag("The licence allows commercial use"),
    asset: ref("Asset"),
    downloadBytes: maybe(bytes("To fetch, where the catalog knows")),
    pinned: maybe(flag("Never leaves memory by itself")),
    state: oneOf(RESIDENCY_STATES, "Life in memory"),
    wasReady: maybe(flag("It has been ready since the program started")),
    leases: count("Requests it answers now"),
    memoryBytes: bytes(),
    memorySource: oneOf(["measured", "learned", "estimated"]),
    loadMs: maybe(milliseconds()),
    warmUpMs: maybe(milliseconds()),
    lastUsedAtMs: maybe(moment()),
    error: maybe(text()),
    retryAtMs: maybe(moment()),
    reason: maybe(text("Why it is in memory or should be")),
  }),
  Asset: {
    description: "Life on disk",
    oneOf: [
      object<Asset<"missing">>({ name: named("missing") }),
      object<Asset<"downloading">>({
        name: named("downloading"),
        bytesDone: bytes(),
        bytesTotal: maybe(bytes()),
        bytesPerSecond: number(),
        etaSeconds: maybe(number()),
      }),
      object<Asset<"verifying">>({ name: named("verifying"), bytesTotal: bytes() }),
      object<Asset<"extracting">>({
        name: named("extracting"),
        bytesDone: bytes(),
        bytesTotal: maybe(bytes()),
      }),
      object<Asset<"present">>({ name: named("present"), bytes: bytes() }),
      object<Asset<"corrupt">>({ name: named("corrupt"), reason: text() }),
    ],
  },
  Choice: object<ChoiceSnapshot>({
    capability,
    language: text(),
    model: maybe(text("Absent when nobody can")),
    why: text(),
  }),
  Listener: object<ListenerSnapshot>({ name: text(), address: text(), port: count() }),
  Requests: object<RequestsSnapshot>({
    total: count("Since start"),
    failed: count(),
    active: count(),
    lastSttMs: maybe(milliseconds("End of audio to text")),
    lastTtsMs: maybe(milliseconds("Text to first sound")),
    stageTotals: maybe(list(ref("StageTotal"))),
    recent: list(ref("Request"), "Newest first"),
  }),
  StageTotal: object<StageTotal>({ kind, stage: text(), count: count(), totalMs: milliseconds() }),
  Request: object<RequestTrace>({
    id: text(),
    kind,
    gateway: text(),
    peer: maybe(text()),
    language: maybe(text()),
    model: maybe(text()),
    startedAtMs: moment(),
    stages: list(
      object<RequestTrace["stages"][number]>({ name: text(), atMs: moment("When it was reached") }),
    ),
    outcome: oneOf(["running", "done", "failed", "cancelled"]),
    error: maybe(text()),
    degraded: maybe(text("Why another model answered than the chosen one")),
    audioSeconds: maybe(number()),
    decided: maybe(oneOf(["command", "dictation"], "Where commands are listened for")),
    why: maybe(text("Why it was decided so")),
  }),
  Settings: object<SettingsSnapshot>({
    keepAliveSeconds: number("-1 keeps models for as long as memory allows"),
    preload: list(object<PreloadSnapshot>({ capability, provider: text(), on: flag("Loaded at start") })),
  }),
  Addon: object<AddonSnapshot>(
    {
      atMs: moment("When the Supervisor was asked"),
      cpuPercent: number("Of all cores together"),
      memoryBytes: bytes(),
      memoryLimitBytes: bytes(),
    },
    "The whole container, as Home Assistant's Supervisor counts it",
  ),
  LifeMoment: object<LifeMoment>({
    stage: oneOf(LIFE_STAGES, "The work on its files where there is some, else its life in memory"),
    atMs: moment("When it began"),
  }),
};
