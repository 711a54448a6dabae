import type { AssetState } from "../assets/model-store.js";
import { downloadBytes } from "../catalog/choose.js";
import type { ModelManifest } from "../catalog/manifest.js";
import type { ModelView, ResidencyView } from "../residency/resident-model.js";
import type {
  AddonSnapshot,
  BoardSnapshot,
  ChoiceSnapshot,
  ListenerSnapshot,
  ModelSnapshot,
  RequestsSnapshot,
  SettingsSnapshot,
  Snapshot,
} from "../sessions/snapshot.js";
import { phaseOf } from "./phase.js";

/** All that a snapshot is made from. */
export interface SnapshotFacts {
  readonly version: string;
  readonly installId: string;
  readonly startedAtMs: number;
  readonly atMs: number;
  /** False until the catalog is read and the warm-up has begun. */
  readonly started: boolean;
  /** False as long as the first request would be slower than the next. */
  readonly rehearsed: boolean;
  readonly warmUpMs: number | undefined;
  readonly models: readonly ModelManifest[];
  /** Ids that are to be ready after the start. */
  readonly wanted: ReadonlySet<string>;
  /** Why models that were named or asked for are not among them, a sentence each. */
  readonly lacking: readonly string[];
  readonly residency: ResidencyView;
  readonly asset: (id: string) => AssetState;
  readonly choices: readonly ChoiceSnapshot[];
  readonly listeners: readonly ListenerSnapshot[];
  readonly requests: RequestsSnapshot;
  readonly settings: SettingsSnapshot;
  /** Of satellites heard of; undefined where none are served. */
  readonly sites: readonly string[] | undefined;
  /** Undefined where the machine's own microphone is not used. */
  readonly board?: BoardSnapshot | undefined;
  /** Of the Supervisor; undefined outside an add-on. */
  readonly addon: AddonSnapshot | undefined;
}

/** The read model. Pure. */
export function buildSnapshot(facts: SnapshotFacts): Snapshot {
  const views = new Map(facts.residency.models.map((view) => [view.id, view]));
  const models = facts.models.map((manifest) =>
    modelSnapshot(manifest, views.get(manifest.id), facts.asset(manifest.id)),
  );
  const wanted = models.filter(({ id }) => facts.wanted.has(id));
  const { budgetBytes, budgetReason, measuredBytes, reservedBytes, ownBytes, availableBytes } =
    facts.residency;
  return {
    version: facts.version,
    installId: facts.installId,
    startedAtMs: facts.startedAtMs,
    atMs: facts.atMs,
    ...phaseOf(wanted, facts.started, facts),
    ...(facts.warmUpMs === undefined ? {} : { warmUpMs: facts.warmUpMs }),
    memory: {
      budgetBytes,
      budgetReason,
      modelsBytes: measuredBytes,
      reservedBytes,
      ownBytes,
      availableBytes,
    },
    models,
    choices: facts.choices,
    listeners: facts.listeners,
    requests: facts.requests,
    settings: facts.settings,
    ...(facts.sites === undefined ? {} : { sites: facts.sites }),
    ...(facts.board === undefined ? {} : { board: facts.board }),
    ...(facts.addon === undefined ? {} : { addon: facts.addon }),
  };
}

function modelSnapshot(
  manifest: ModelManifest,
  view: ModelView | undefined,
  asset: AssetState,
): ModelSnapshot {
  const bytes = downloadBytes(manifest);
  const { id, title, provider, capability, languages, licence, memory } = manifest;
  const facts = {
    id,
    title,
    provider,
    capability,
    languages,
    licence: licence.id,
    commercial: licence.commercial,
    asset,
    ...(bytes === undefined ? {} : { downloadBytes: bytes }),
  };
  if (!view) {
    return { ...facts, state: "cold", leases: 0, memoryBytes: memory.steadyBytes, memorySource: "estimated" };
  }
  const {
    state,
    leases,
    memoryBytes,
    memorySource,
    loadMs,
    warmUpMs,
    lastUsedAtMs,
    error,
    retryAtMs,
    reason,
  } = view;
  return {
    ...facts,
    state,
    leases,
    memoryBytes,
    memorySource,
    ...(view.pinned ? { pinned: true } : {}),
    ...(view.wasReady ? { wasReady: true } : {}),
    ...(loadMs === undefined ? {} : { loadMs }),
    ...(warmUpMs === undefined ? {} : { warmUpMs }),
    ...(lastUsedAtMs === undefined ? {} : { lastUsedAtMs }),
    ...(error === undefined ? {} : { error }),
    // "Until somebody asks" has no date, and JSON has no infinity.
    ...(retryAtMs === undefined || !Number.isFinite(retryAtMs) ? {} : { retryAtMs }),
    ...(reason === undefined ? {} : { reason }),
  };
}
