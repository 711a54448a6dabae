import type { Clock, Timer } from "../base/clock.js";
import { Emitter } from "../base/emitter.js";
import { BudgetError, messageOf } from "../base/errors.js";
import type { Logger } from "../base/logger.js";
import { formatDuration } from "../base/units.js";
import type { Catalog } from "../catalog/catalog.js";
import { TO_DOWNLOAD } from "../catalog/choose.js";
import { CAPABILITIES, type Capability, type ModelManifest } from "../catalog/manifest.js";
import { namesIn } from "../config/option.js";
import { providerSettings } from "../config/provider-settings.js";
import type { Config } from "../config/schema.js";
import type { PlannedLoad, WarmUpPlan } from "../residency/plan.js";
import type { ChoiceSnapshot } from "../sessions/snapshot.js";
import type { CatalogLadder } from "./catalog-ladder.js";
import type { Reach } from "./reach.js";
import { ReadAhead, type ReadingResidency } from "./read-ahead.js";
import { wakeWordChoice } from "./wake-word-choice.js";
import { type Decision, smallerThan, standInsOf, withStandIns } from "./warm-up-plan.js";

/** What the preload needs of residency. */
export interface PreloadingResidency extends ReadingResidency {
  isReady(model: string): boolean;
  /** Downloads, loads and warms. @throws what kept the model from getting ready */
  warmUp(
    model: string,
    options: { readonly reason: string; readonly mayEvict: "nobody"; readonly deadlineMs: number },
  ): Promise<void>;
}

const SILENT = { debug: () => undefined, info: () => undefined, warn: () => undefined };

const LOOK_AGAIN_MS = 600_000;

const NOTHING: WarmUpPlan = { loads: [], leftOut: [], totalBytes: 0, totalMs: 0, lines: [] };

const reasonOf = ({ reason, insteadOf }: PlannedLoad): string =>
  insteadOf === undefined ? reason : `in the place of ${insteadOf}, which does not fit`;

/** Chooses the models to have ready, says why, and has them warmed in the background. */
export class Preload {
  readonly #settings: () => Config;
  readonly #catalog: Catalog;
  readonly #ladder: CatalogLadder;
  readonly #reach: Reach;
  readonly #isPresent: (model: string) => boolean;
  readonly #usable: ReadonlySet<string>;
  readonly #residency: PreloadingResidency;
  readonly #planFor: (decision: Decision) => WarmUpPlan;
  readonly #rehearse: (voices: readonly ModelManifest[]) => Promise<void>;
  readonly #readAhead: ReadAhead;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #events = new Emitter<{ change: undefined }>();
  #choices: readonly ChoiceSnapshot[] = [];
  #decision: Decision = { wanted: new Map(), choices: [], automatic: new Set() };
  #plan: WarmUpPlan = NOTHING;
  #standIns: ReadonlyMap<string, string> = new Map();
  #started = false;
  #rehearsed = false;
  #closed = false;
  #timer: Timer | undefined;
  #warmUpMs: number | undefined;

  constructor(parts: {
    /** Asked anew each time: they change while running. */
    readonly settings: () => Config;
    readonly catalog: Catalog;
    readonly ladder: CatalogLadder;
    readonly reach: Reach;
    readonly isPresent: (model: string) => boolean;
    readonly usable: ReadonlySet<string>;
    readonly residency: PreloadingResidency;
    /** The same plan as `irene plan` shows. */
    readonly plan: (decision: Decision) => WarmUpPlan;
    /** Lets voices speak for nobody, by the way of real requests. Never rejects. */
    readonly rehearse: (voices: readonly ModelManifest[]) => Promise<void>;
    readonly clock: Clock;
    readonly log: Logger;
  }) {
    this.#settings = parts.settings;
    this.#catalog = parts.catalog;
    this.#ladder = parts.ladder;
    this.#reach = parts.reach;
    this.#isPresent = parts.isPresent;
    this.#usable = parts.usable;
    this.#residency = parts.residency;
    this.#planFor = parts.plan;
    this.#rehearse = parts.rehearse;
    this.#readAhead = new ReadAhead(parts.residency, parts.log);
    this.#clock = parts.clock;
    this.#log = parts.log;
  }

  state(): {
    readonly started: boolean;
    /** False as long as the first request would be slower than the next. */
    readonly rehearsed: boolean;
    readonly warmUpMs: number | undefined;
    /** Ids that are to be ready after the start. */
    readonly wanted: ReadonlySet<string>;
    /** Why models that were named or asked for are not among them, a sentence each. */
    readonly lacking: readonly string[];
    readonly choices: readonly ChoiceSnapshot[];
  } {
    return {
      started: this.#started,
      rehearsed: this.#rehearsed,
      warmUpMs: this.#warmUpMs,
      wanted: new Set(this.#plan.loads.map(({ model }) => model)),
      lacking: [
        ...this.#plan.leftOut.map(({ why }) => why),
        ...this.#plan.loads.flatMap((load) =>
          load.insteadOf === undefined || this.#standIns.has(load.insteadOf) ? [] : [load.sentence],
        ),
      ],
      choices: this.#choices.map((choice) =>
        choice.model !== undefined && this.#isPresent(choice.model)
          ? { ...choice, why: choice.why.replace(TO_DOWNLOAD, "") }
          : choice,
      ),
    };
  }

  /** Who answers in the place of an automatic choice that does not fit beside the others. */
  standIn(model: string): string | undefined {
    return this.#standIns.get(model);
  }

  onChange(listener: () => void): () => void {
    return this.#events.on("change", listener);
  }

  /** Decides within seconds, warms in the background. Resolves when nothing is left to do; never rejects. */
  async start(): Promise<void> {
    const startedMs = this.#clock.monotonicMs();
    if (!this.#settings().models.offline) await this.#reach.look(this.#candidates());
    this.#decide();
    this.#started = true;
    this.#events.emit("change", undefined);
    const count = this.#plan.loads.length;
    await this.#warmPlanned();
    if (!this.#rehearsed && !this.#closed) await this.#rehearse(this.#readyVoices());
    this.#rehearsed = true;
    this.#warmUpMs = this.#clock.monotonicMs() - startedMs;
    this.#log.info(
      count > 0
        ? `Warm-up done after ${formatDuration(this.#warmUpMs)}`
        : "Nothing to warm up: models load at the first request",
    );
    this.#events.emit("change", undefined);
    this.#lookAgainLater();
    await this.#readAhead.now(this.#fallbacks());
  }

  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
    this.#readAhead.close();
  }

  /** A better model whose source was silent at start is taken once it answers. */
  #lookAgainLater(): void {
    if (this.#closed || this.#settings().models.offline) return;
    this.#timer = this.#clock.after(LOOK_AGAIN_MS, () => {
      void this.#reach
        .look(this.#candidates())
        .then((changed) => (changed && !this.#closed ? this.start() : this.#lookAgainLater()));
    });
  }

  /**
   * One after the other: two loads at once on a small board take longer than in turn, and need both peaks. What was
   * left out gets a second look: first estimates are careful, and by then the others have been measured.
   */
  async #warmPlanned(): Promise<void> {
    const tried = new Set<string>();
    for (let plan = this.#plan; ; plan = this.#planAgain()) {
      const due = plan.loads.filter(({ model }) => !tried.has(model));
      if (due.length === 0 || this.#closed) return;
      for (const [index, load] of due.entries()) {
        tried.add(load.model);
        // Settings may have changed meanwhile.
        if (this.#closed || !this.#plan.loads.some(({ model }) => model === load.model)) continue;
        const stop = this.#readAhead.behind(load.model, due[index + 1]?.model);
        await this.#warmUp(load.model, reasonOf(load));
        stop();
      }
      if (this.#plan.leftOut.length === 0) return;
    }
  }

  /** The plan by what is known now, as far as it adds to what was carried out already. */
  #planAgain(): WarmUpPlan {
    const plan = this.#planFor(this.#decision);
    const left = new Set(this.#plan.leftOut.map(({ model }) => model));
    const more = plan.loads.filter(({ model }) => left.has(model));
    if (more.length === 0) return this.#plan;
    for (const { title } of more) this.#log.info(`${title} fits after all, by what the others really hold`);
    this.#follow({ ...plan, loads: [...this.#plan.loads, ...more] });
    this.#events.emit("change", undefined);
    return this.#plan;
  }

  async #warmUp(id: string, reason: string): Promise<void> {
    try {
      await this.#residency.warmUp(id, { reason, mayEvict: "nobody", deadlineMs: 0 });
    } catch (error) {
      // The model's own log lines said so already; it loads at the first request instead.
      this.#log.debug(`${id} is not preloaded: ${messageOf(error)}`);
      // Memory that the plan counted on has been taken by others on the machine since.
      const smaller = error instanceof BudgetError ? this.#smallerThan(id) : undefined;
      if (smaller) await this.#warmUp(smaller.id, `in the place of ${id}, which does not fit`);
    }
  }

  #smallerThan(id: string): ModelManifest | undefined {
    const model = this.#catalog.find(id);
    return model && smallerThan(model, this.#ladder.choose(model.capability, {}).rungs)[0];
  }

  #readyVoices(): readonly ModelManifest[] {
    return this.#plan.loads.flatMap(({ model }) => {
      const manifest = this.#catalog.find(model);
      return manifest?.capability === "tts" && this.#residency.isReady(model) ? [manifest] : [];
    });
  }

  /** Who would answer next if a model failed, by capability. */
  #fallbacks(): readonly string[] {
    return (["stt", "tts"] as const).flatMap((capability) => {
      const rungs = this.#ladder.choose(capability, {}).rungs.slice(1);
      const next = rungs.find(({ id, files }) => files.length > 0 && this.#isPresent(id));
      return next && !this.#residency.isReady(next.id) ? [next.id] : [];
    });
  }

  /** Models of the language whose files are not on disk: those for which it matters who answers. */
  #candidates(): readonly ModelManifest[] {
    return CAPABILITIES.flatMap((capability) =>
      this.#catalog.byLanguage(capability, this.#settings().language),
    ).filter((model) => this.#usable.has(model.provider) && !this.#isPresent(model.id));
  }

  /** What the preload would warm, in order, by the settings as they are now. */
  decide(): readonly string[] {
    this.#decide();
    this.#events.emit("change", undefined);
    return this.#plan.loads.map(({ model }) => model);
  }

  /** Decides anew after a change of settings, and warms in the background what is wanted now. */
  reconsider(): void {
    this.decide();
    void this.#warmPlanned();
  }

  /** What a start now would decide. Nothing is changed or logged. */
  async foresee(): Promise<Decision> {
    if (!this.#settings().models.offline) await this.#reach.look(this.#candidates());
    return this.#consider(SILENT);
  }

  #decide(): void {
    this.#decision = this.#consider(this.#log);
    this.#follow(this.#planFor(this.#decision));
    for (const { model, insteadOf } of this.#plan.loads)
      if (insteadOf !== undefined)
        this.#log.info(`${model} takes the place of ${insteadOf}, which does not fit`);
    for (const { model, why } of this.#plan.leftOut) this.#log.warn(why, { model });
  }

  #follow(plan: WarmUpPlan): void {
    this.#plan = plan;
    this.#standIns = standInsOf(this.#decision, plan);
    this.#choices = withStandIns(this.#decision.choices, this.#standIns);
  }

  #consider(log: Pick<Logger, "debug" | "info" | "warn">): Decision {
    const wanted = new Map<string, string>();
    const choices: ChoiceSnapshot[] = [];
    const automatic = new Set<string>();
    for (const capability of CAPABILITIES) {
      if (capability === "wake") {
        choices.push(this.#considerWake(wanted, log));
        continue;
      }
      const { language, rungs, why, named, leftOut } = this.#ladder.choose(
        capability,
        {},
        { planned: false },
      );
      const model = rungs[0];
      choices.push({ capability, language, model: model?.id, why });
      if (model) log.info(`${NAMES[capability]}: ${model.title} (${model.id}) - ${why}`);
      else log.warn(`${NAMES[capability]}: none - ${why}`);
      for (const other of leftOut) log.debug(`left out ${other.id}: ${other.why}`);
      if (model && !named) automatic.add(model.id);
      if (model && this.#settings().preload) wanted.set(model.id, `choice for ${language}`);
      for (const racer of capability === "stt" ? this.#racers() : []) {
        if (racer.id === model?.id) continue;
        log.info(`${NAMES.stt}: ${racer.title} (${racer.id}) hears every utterance too - named by the user`);
        if (this.#settings().preload) wanted.set(racer.id, "one of several in stt");
      }
      for (const each of this.#ofPreloadingProviders(capability)) wanted.set(each.id, "preload_models");
    }
    return { wanted, choices, automatic };
  }

  /** Models that all get every utterance: one that still loads would be stopped each time by one that does not. */
  #racers(): readonly ModelManifest[] {
    const names = namesIn(this.#settings().stt);
    if (names.length < 2) return [];
    return names.flatMap((wanted) => this.#ladder.choose("stt", { wanted }).rungs.slice(0, 1));
  }

  /** Every word the user named; nobody is given one unasked. */
  #considerWake(wanted: Map<string, string>, log: Pick<Logger, "info">): ChoiceSnapshot {
    const { words, why } = wakeWordChoice(
      this.#settings().wake_words,
      this.#catalog,
      this.#ladder.hearing([]),
    );
    log.info(`${NAMES.wake}: ${words.map(({ manifest }) => manifest.id).join(", ") || "none"} - ${why}`);
    for (const { manifest } of words) if (this.#settings().preload) wanted.set(manifest.id, "wake_words");
    for (const each of this.#ofPreloadingProviders("wake")) wanted.set(each.id, "preload_models");
    return { capability: "wake", language: this.#settings().language, model: words[0]?.manifest.id, why };
  }

  /** The model each provider with `preload_models` would answer with. */
  #ofPreloadingProviders(capability: Capability): readonly ModelManifest[] {
    return [...this.#usable].flatMap((provider) => {
      const known = this.#catalog.byProvider(provider).some((model) => model.capability === capability);
      if (!known || !providerSettings(this.#settings(), capability, provider).preload_models) return [];
      const model = this.#ladder.choose(capability, { wanted: provider }).rungs[0];
      return model?.provider === provider ? [model] : [];
    });
  }
}

const NAMES: Readonly<Record<Capability, string>> = {
  vad: "Voice detection",
  wake: "Wake words",
  stt: "Speech to text",
  tts: "Text to speech",
};
