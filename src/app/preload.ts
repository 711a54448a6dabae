import type { Clock, Timer } from "../base/clock.js";
import { Emitter } from "../base/emitter.js";
import { BudgetError, messageOf } from "../base/errors.js";
import type { Logger } from "../base/logger.js";
import { formatDuration } from "../base/units.js";
import type { Catalog } from "../catalog/catalog.js";
import { CAPABILITIES, type Capability, type ModelManifest } from "../catalog/manifest.js";
import { providerSettings } from "../config/provider-settings.js";
import type { Config } from "../config/schema.js";
import type { ChoiceSnapshot } from "../sessions/snapshot.js";
import type { CatalogLadder } from "./catalog-ladder.js";
import type { Reach } from "./reach.js";
import { wakeWordChoice } from "./wake-word-choice.js";

/** What the preload needs of residency. */
export interface PreloadingResidency {
  /** Downloads, loads and warms. @throws what kept the model from getting ready */
  warmUp(
    model: string,
    options: { readonly reason: string; readonly mayEvict: "nobody"; readonly deadlineMs: number },
  ): Promise<void>;
}

/** Who answers, and who is to be ready. */
export interface Decision {
  /** Models in the order of their loads, with the reason of each. */
  readonly wanted: ReadonlyMap<string, string>;
  readonly choices: readonly ChoiceSnapshot[];
}

const SILENT = { debug: () => undefined, info: () => undefined, warn: () => undefined };

const LOOK_AGAIN_MS = 600_000;

/** Chooses the models to have ready, says why, and has them warmed in the background. */
export class Preload {
  readonly #settings: () => Config;
  readonly #catalog: Catalog;
  readonly #ladder: CatalogLadder;
  readonly #reach: Reach;
  readonly #isPresent: (model: string) => boolean;
  readonly #usable: ReadonlySet<string>;
  readonly #residency: PreloadingResidency;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #events = new Emitter<{ change: undefined }>();
  #choices: readonly ChoiceSnapshot[] = [];
  #wanted: ReadonlyMap<string, string> = new Map();
  #started = false;
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
    this.#clock = parts.clock;
    this.#log = parts.log;
  }

  state(): {
    readonly started: boolean;
    readonly warmUpMs: number | undefined;
    readonly wanted: ReadonlySet<string>;
    readonly choices: readonly ChoiceSnapshot[];
  } {
    return {
      started: this.#started,
      warmUpMs: this.#warmUpMs,
      wanted: new Set(this.#wanted.keys()),
      choices: this.#choices,
    };
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
    const count = this.#wanted.size;
    await this.#warmWanted();
    this.#warmUpMs = this.#clock.monotonicMs() - startedMs;
    this.#log.info(
      count > 0
        ? `Warm-up done after ${formatDuration(this.#warmUpMs)}`
        : "Nothing to warm up: models load at the first request",
    );
    this.#events.emit("change", undefined);
    this.#lookAgainLater();
  }

  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
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

  /** One after the other: two loads at once on a small board take longer than in turn, and need both peaks. */
  async #warmWanted(): Promise<void> {
    for (const [id, reason] of this.#wanted) {
      // Settings may have changed meanwhile.
      if (!this.#closed && this.#wanted.has(id)) await this.#warmUp(id, reason);
    }
  }

  async #warmUp(id: string, reason: string): Promise<void> {
    try {
      await this.#residency.warmUp(id, { reason, mayEvict: "nobody", deadlineMs: 0 });
    } catch (error) {
      // The model's own log lines said so already; it loads at the first request instead.
      this.#log.debug(`${id} is not preloaded: ${messageOf(error)}`);
      const smaller = error instanceof BudgetError ? this.#smallerThan(id) : undefined;
      if (smaller) await this.#warmUp(smaller.id, `in the place of ${id}, which does not fit`);
    }
  }

  /** The best model of the same kind that needs less memory, as the plan shows it. */
  #smallerThan(id: string): ModelManifest | undefined {
    const model = this.#catalog.find(id);
    if (!model) return undefined;
    return this.#ladder
      .choose(model.capability, {})
      .rungs.find((other) => other.id !== id && other.memory.steadyBytes < model.memory.steadyBytes);
  }

  /** Models of the language whose files are not on disk: those for which it matters who answers. */
  #candidates(): readonly ModelManifest[] {
    return CAPABILITIES.flatMap((capability) =>
      this.#catalog.byLanguage(capability, this.#settings().language),
    ).filter((model) => this.#usable.has(model.provider) && !this.#isPresent(model.id));
  }

  /** What the preload would warm, in order, with the reason of each, by the settings as they are now. */
  decide(): ReadonlyMap<string, string> {
    this.#decide();
    this.#events.emit("change", undefined);
    return this.#wanted;
  }

  /** Decides anew after a change of settings, and warms in the background what is wanted now. */
  reconsider(): void {
    this.decide();
    void this.#warmWanted();
  }

  /** What a start now would decide. Nothing is changed or logged. */
  async foresee(): Promise<Decision> {
    if (!this.#settings().models.offline) await this.#reach.look(this.#candidates());
    return this.#consider(SILENT);
  }

  #decide(): void {
    const { wanted, choices } = this.#consider(this.#log);
    this.#choices = choices;
    this.#wanted = wanted;
  }

  #consider(log: Pick<Logger, "debug" | "info" | "warn">): Decision {
    const wanted = new Map<string, string>();
    const choices: ChoiceSnapshot[] = [];
    for (const capability of CAPABILITIES) {
      if (capability === "wake") {
        choices.push(this.#considerWake(wanted, log));
        continue;
      }
      const { language, rungs, why, leftOut } = this.#ladder.choose(capability, {});
      const model = rungs[0];
      choices.push({ capability, language, model: model?.id, why });
      if (model) log.info(`${NAMES[capability]}: ${model.title} (${model.id}) - ${why}`);
      else log.warn(`${NAMES[capability]}: none - ${why}`);
      for (const other of leftOut) log.debug(`left out ${other.id}: ${other.why}`);
      if (model && this.#settings().preload) wanted.set(model.id, `choice for ${language}`);
      for (const each of this.#ofPreloadingProviders(capability)) wanted.set(each.id, "preload_models");
    }
    return { wanted, choices };
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
