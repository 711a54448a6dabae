import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { mirrored } from "../assets/http/address.js";
import type { Clock } from "../base/clock.js";
import { Emitter } from "../base/emitter.js";
import { type Logger, silentLogger } from "../base/logger.js";
import type { Catalog } from "../catalog/catalog.js";
import type { Capability, ModelManifest } from "../catalog/manifest.js";
import { namesIn } from "../config/option.js";
import { providerSettings } from "../config/provider-settings.js";
import type { Config } from "../config/schema.js";
import { findProvider, PROVIDERS } from "../engines/registry.js";
import type { DeviceControls } from "../gateways/discovery/commands.js";
import { needOf } from "../residency/footprint.js";
import { FootprintBook } from "../residency/footprint-book.js";
import { type Budget, parseBudgetOption, resolveBudget } from "../residency/memory/budget.js";
import { KernelMemoryProbe } from "../residency/memory/memory-probe.js";
import { Residency } from "../residency/residency.js";
import { patientLimit } from "../residency/residency-options.js";
import { Schedule } from "../residency/schedule.js";
import type { Controls } from "../sessions/controls.js";
import { RequestLog } from "../sessions/request-log.js";
import type { AddonSnapshot, BoardSnapshot, ListenerSnapshot, SnapshotSource } from "../sessions/snapshot.js";
import { type HeardEvents, TellingVoice } from "../sessions/telling-voice.js";
import type { VoiceSessions } from "../sessions/voice.js";
import { Voice } from "../sessions/voice-sessions.js";
import { guessLanguage } from "../text/detect-script.js";
import { speakable } from "../text/speakable.js";
import { ProcessSpawner } from "../workers/spawner.js";
import { DEFAULT_LIMITS } from "../workers/worker-process.js";
import { readBoard } from "./board.js";
import { CatalogLadder } from "./catalog-ladder.js";
import { LiveControls, type LiveControlsParts, type Satellites } from "./device-controls.js";
import { foresee, learnedFigures } from "./foresee.js";
import type { HomeKnowledge } from "./home/home-knowledge.js";
import { openHome } from "./home/open-home.js";
import { installedCatalog } from "./installed-catalog.js";
import { LiveSettings } from "./live-settings.js";
import { ModelControls } from "./model-controls.js";
import { ModelLives } from "./model-lives.js";
import { ModelSwitch } from "./model-switch.js";
import { offeredModels } from "./offered-models.js";
import { openStore } from "./open-store.js";
import { ownLanguage } from "./own-language.js";
import { Preload } from "./preload.js";
import { Reach } from "./reach.js";
import { Rehearsal, rehearsing } from "./rehearsal.js";
import { residentModels } from "./resident-models.js";
import { scheduleEntries } from "./schedule-entries.js";
import { settingsSnapshot } from "./settings-snapshot.js";
import { buildSnapshot } from "./snapshot.js";
import { SnapshotFeed } from "./snapshot-feed.js";
import { installId } from "./state-file.js";
import type { StoreWithParts } from "./store-with-parts.js";
import { usableProviders } from "./usable-providers.js";
import { VERSION } from "./version.js";
import { sizeSetting, voiceOptions } from "./voice-options.js";
import { type Decision, planFor } from "./warm-up-plan.js";

const WORKER_ENTRY = fileURLToPath(new URL("../worker-main.js", import.meta.url));

export interface CoreParts {
  readonly config: Config;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: Logger;
  readonly clock: Clock;
  /**
   * Option paths that flags or the environment name. Absent for single commands: what users set on a running server is
   * not theirs to read or change.
   */
  readonly named?: ReadonlySet<string>;
}

interface FoundParts {
  readonly dataDir: string;
  readonly live: LiveSettings;
  readonly catalog: Catalog;
  readonly probe: KernelMemoryProbe;
  readonly book: FootprintBook;
  readonly store: StoreWithParts;
  readonly usable: ReadonlySet<string>;
  readonly budget: Budget;
}

/** The house without its doors: models, memory and sessions. Gateways are put around it by the runtime. */
export class Core {
  readonly installId: string;
  readonly catalog: Catalog;
  readonly ladder: CatalogLadder;
  readonly preload: Preload;
  readonly voice: VoiceSessions;
  readonly heard = new Emitter<HeardEvents>();
  readonly controls: Controls;
  /** The models peers are told of. The same list for ever: Home Assistant compares. */
  readonly offered: readonly ModelManifest[];
  readonly lives: ModelLives;
  /** Absent where commands of the home are not listened for. Begun by who wants it. */
  readonly home: HomeKnowledge | undefined;
  readonly #feed: SnapshotFeed;
  readonly #residency: Residency;
  readonly #schedule: Schedule;
  readonly #rehearsal: Rehearsal;
  readonly #steering: Omit<LiveControlsParts, "satellites">;
  #listeners: readonly ListenerSnapshot[] = [];
  #sites: (() => readonly string[]) | undefined;
  #board: (() => BoardSnapshot) | undefined;
  #addon: (() => AddonSnapshot | undefined) | undefined;

  /** @throws {ConfigError} for settings or a catalog that cannot be used; {AssetError} for a data folder that cannot */
  static async create(parts: CoreParts): Promise<Core> {
    const { config, env, log, clock, named } = parts;
    const dataDir = resolve(config.data_dir);
    const live = new LiveSettings({
      config,
      dataDir: named && dataDir,
      named: named ?? new Set(),
      log,
    });
    const catalog = await installedCatalog(config, log);
    const probe = new KernelMemoryProbe();
    const book = new FootprintBook({ path: join(dataDir, "state", "footprints.json"), clock, logger: log });
    const [store, usable, conditions] = await Promise.all([
      openStore({ config, env, dataDir, catalog, log, clock }),
      usableProviders(PROVIDERS, config, log),
      probe.conditions(),
      book.open(),
    ]);
    const budget = resolveBudget(parseBudgetOption(live.config.memory_budget), conditions);
    return new Core(parts, { dataDir, live, catalog, probe, book, store, usable, budget });
  }

  private constructor(parts: CoreParts, found: FoundParts) {
    const { config, env, log, clock } = parts;
    const { dataDir, live, catalog, probe, book, store, usable, budget } = found;
    this.installId = installId(dataDir);
    this.catalog = catalog;
    this.offered = offeredModels(catalog, usable, config);
    const reach = new Reach((url) => mirrored(url, { huggingFace: config.models.mirror }));
    // A folder the user named is as good as on disk.
    const isLocal = (id: string) => catalog.find(id)?.sources[0]?.kind === "file";
    const isPresent = (id: string) => store.state(id).name === "present" || isLocal(id);
    const board = readBoard(budget.bytes);
    this.ladder = new CatalogLadder(() => ({
      catalog,
      board: { ...board, memoryBudgetBytes: this.#residency.budget.bytes },
      language: config.language,
      ownLanguage: (named, capability) => ownLanguage(config, capability, named),
      wanted: { stt: namesIn(config.stt)[0] ?? "auto", tts: config.tts },
      chosen: (capability, asked) => live.model(capability, asked),
      wakeWords: config.wake_words,
      providers: usable,
      sizeOf: sizeSetting(config),
      present: new Set(catalog.models.map(({ id }) => id).filter(isPresent)),
      reachable: (model) => reach.has(model),
      standIn: (id) => this.preload.standIn(id),
      offline: config.models.offline,
    }));
    const patienceMs = config.request_deadline_seconds * 1000;
    const spawner = new ProcessSpawner({
      program: { entry: WORKER_ENTRY, execArgv: [], env },
      clock,
      logger: log,
      limits: { answerMs: patientLimit(DEFAULT_LIMITS.answerMs, patienceMs) },
    });
    const residents = residentModels(catalog.models, usable, findProvider, live.config);
    this.#residency = new Residency({
      models: residents,
      budget,
      store,
      spawner,
      probe,
      book,
      clock,
      logger: log,
      patienceMs,
      smaller: (model) => this.#smaller(model),
    });
    const learned = learnedFigures(residents, book);
    const needBytes = (id: string) => {
      const model = catalog.find(id);
      return model ? needOf(learned.footprintOf(id), model.memory, learned.growthOf(id)).loadBytes : 0;
    };
    this.home = openHome(parts, { ladder: this.ladder, residency: this.#residency, needBytes });
    const requests = new RequestLog({ clock, log, changed: () => this.#feed.touch() });
    const voiceTools = {
      ladders: this.ladder,
      clock,
      prepare: speakable,
      // Home Assistant names no language when it wants something spoken.
      languageOf: (text: string, named = config.tts) => {
        const own = ownLanguage(config, "tts", named) ?? config.language;
        return guessLanguage(text, [own, config.language, ...catalog.languages("tts")]);
      },
    };
    const options = voiceOptions(config, catalog, usable);
    // What is rehearsed are those who write down: nobody's words are to send for a model that comes last.
    const commands = this.home ? { commands: this.home } : {};
    const voice = new Voice({ ...voiceTools, ...commands, leaser: this.#residency, requests, log, options });
    this.#rehearsal = new Rehearsal({
      voice: new Voice({
        ...voiceTools,
        leaser: rehearsing(this.#residency),
        requests: new RequestLog({ clock, log: silentLogger, changed: () => undefined }),
        log: silentLogger,
        // A sentence kept from the turn before would not be spoken.
        options: { ...options, audioCacheBytes: 0 },
      }),
      offered: this.offered,
      clock,
      log,
    });
    this.voice = new TellingVoice(voice, this.heard);
    const priorityOf = ({ capability, provider }: ModelManifest) =>
      providerSettings(live.config, capability, provider).priority;
    const planFacts = () => ({
      catalog,
      ladder: this.ladder,
      budget: this.#residency.budget,
      priorityOf,
      ...learned,
    });
    const modelSwitch = new ModelSwitch({
      live,
      catalog,
      ladder: this.ladder,
      residency: this.#residency,
      usable,
      find: (name, capability) => this.controls.find(name, capability),
      changed: () => this.preload.decide(),
    });
    this.controls = new ModelControls({
      catalog,
      store,
      residency: this.#residency,
      ladder: this.ladder,
      usable,
      findProvider,
      use: (choice) => modelSwitch.choose(choice),
      plan: async () => {
        const decision = await this.preload.foresee();
        const isReachable = (model: ModelManifest) => reach.has(model);
        return foresee({
          ...planFacts(),
          ...decision,
          language: live.config.language,
          commands: this.home?.foresee(),
          isPresent,
          isReachable,
        });
      },
    });
    this.#schedule = new Schedule({
      entries: scheduleEntries(config.schedules, catalog),
      residency: this.#residency,
      clock,
      logger: log,
    });
    this.preload = new Preload({
      settings: () => live.config,
      catalog,
      ladder: this.ladder,
      reach,
      isPresent,
      usable,
      residency: this.#residency,
      plan: (decision: Decision) => planFor(decision, planFacts()),
      rehearse: (voices) => this.#rehearsal.run(voices),
      clock,
      log,
    });
    this.#steering = {
      live,
      catalog,
      preload: this.preload,
      residency: this.#residency,
      models: this.controls,
      usable,
      conditions: () => probe.conditions(),
      log,
      changed: () => this.#feed.touch(),
    };
    const startedAtMs = clock.nowMs();
    this.#feed = new SnapshotFeed(clock, () =>
      buildSnapshot({
        version: VERSION,
        installId: this.installId,
        startedAtMs,
        atMs: clock.nowMs(),
        ...this.preload.state(),
        models: catalog.models,
        residency: this.#residency.view(),
        asset: (id) => store.state(id),
        listeners: this.#listeners,
        requests: requests.snapshot(),
        settings: settingsSnapshot(live, catalog, usable),
        sites: this.#sites?.(),
        addon: this.#addon?.(),
        board: this.#board?.(),
      }),
    );
    this.lives = new ModelLives(clock);
    store.onChange((id, { name }) => {
      this.lives.noteAsset(id, name);
      this.#feed.touch();
    });
    this.#residency.on("model", ({ id, state }) => this.lives.noteState(id, state));
    this.#residency.on("model", ({ id, state }) => this.home?.modelChanged(id, state));
    for (const event of ["model", "totals"] as const) this.#residency.on(event, () => this.#feed.touch());
    this.preload.onChange(() => this.#feed.touch());
    this.#residency.start();
  }

  get snapshots(): SnapshotSource {
    return this.#feed;
  }

  /** Begins to make ready what would answer, without waiting for it. */
  prefetch(capability: Capability, language: string): void {
    const [model] = this.ladder.ladder(capability, { language });
    if (model) this.#residency.prefetch(model.id);
  }

  /** Notes where the gateways listen, for the snapshot. */
  setListeners(listeners: readonly ListenerSnapshot[]): void {
    this.#listeners = listeners;
    this.#feed.touch();
  }

  /** Where the names of the satellites are known. */
  setSites(names: () => readonly string[]): void {
    this.#sites = names;
  }

  /** Where the state of the machine's own microphone and speaker is known. */
  setBoard(state: () => BoardSnapshot): void {
    this.#board = state;
  }

  /** Where the figures of the add-on's container are known. */
  setAddon(latest: () => AddonSnapshot | undefined): void {
    this.#addon = latest;
  }

  /** Something that is not ours to watch has changed. */
  touch(): void {
    this.#feed.touch();
  }

  /**
   * What can be changed while running.
   * @param satellites where they are served
   * @param board where this machine's own microphone is used
   */
  steer(satellites?: Satellites, board?: LiveControlsParts["board"]): DeviceControls {
    const parts = { ...this.#steering, ...(satellites && { satellites }), ...(board && { board }) };
    return new LiveControls(parts);
  }

  /** Ends every worker and keeps what was learned. */
  async close(): Promise<void> {
    this.preload.close();
    this.#rehearsal.close();
    await this.home?.close();
    await this.#schedule.close();
    this.#feed.flush();
    this.#feed.close();
    await this.#residency.close();
  }

  #smaller(id: string): readonly string[] {
    const model = this.catalog.find(id);
    if (!model) return [];
    const [language] = model.languages;
    return this.ladder
      .choose(model.capability, language ? { language } : {})
      .rungs.filter((other) => other.memory.steadyBytes < model.memory.steadyBytes)
      .map((other) => other.id);
  }
}
