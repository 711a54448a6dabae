import { ConfigError } from "../base/errors.js";
import type { Catalog } from "../catalog/catalog.js";
import { matchLanguages } from "../catalog/language.js";
import type { Capability, ModelManifest } from "../catalog/manifest.js";
import type { ModelChoice, ModelInUse } from "../sessions/controls.js";
import type { CatalogLadder } from "./catalog-ladder.js";
import type { LiveSettings } from "./live-settings.js";

/** What a switch needs of residency. */
export interface SwitchedResidency {
  isReady(model: string): boolean;
  /** Puts one model in another's place. @throws what kept the new one from getting ready; the old one stays then */
  swap(oldModel: string, newModel: string): Promise<void>;
}

interface ModelSwitchParts {
  readonly live: LiveSettings;
  readonly catalog: Catalog;
  readonly ladder: CatalogLadder;
  readonly residency: SwitchedResidency;
  /** Providers that may be used and can work on this machine. */
  readonly usable: ReadonlySet<string>;
  /** The catalog id of what a person calls a model. @throws {ConfigError} `config-unknown-model` */
  readonly find: (name: string, capability: Capability) => string;
  /** Tells that others answer from now on. */
  readonly changed: () => void;
}

/** Changes, while the program runs, which model answers: no request fails meanwhile, and the choice is kept. */
export class ModelSwitch {
  readonly #parts: ModelSwitchParts;
  /** One after the other: two changes at once would each count on the other's memory. */
  #changing: Promise<unknown> = Promise.resolve();

  constructor(parts: ModelSwitchParts) {
    this.#parts = parts;
  }

  /** @throws why the model cannot be chosen, or what kept it from getting ready; the former one goes on then */
  choose(choice: ModelChoice): Promise<ModelInUse> {
    const change = this.#changing.then(() => this.#choose(choice));
    this.#changing = change.catch(() => undefined);
    return change;
  }

  async #choose(choice: ModelChoice): Promise<ModelInUse> {
    const { live, ladder, residency, changed } = this.#parts;
    const { capability, model, language = live.config.language } = choice;
    if (capability === "wake")
      throw new ConfigError("config-invalid", "Wake words are chosen with the option wake_words.");
    const former = ladder.choose(capability, { language }).rungs[0];
    const next =
      model === undefined
        ? ladder.choose(capability, { language }, { asConfigured: true }).rungs[0]
        : this.#choosable(model, capability, language);
    const isDue = former !== undefined && (live.config.preload || residency.isReady(former.id));
    // The former one answers until the new one can; only then is the choice another.
    if (next && isDue && next.id !== former.id) await residency.swap(former.id, next.id);
    live.setModel(capability, language, model === undefined ? undefined : next?.id);
    changed();
    return { capability, language, model: next?.id, former: former?.id };
  }

  #choosable(name: string, capability: Capability, language: string): ModelManifest {
    const { catalog, find, usable } = this.#parts;
    const id = find(name, capability);
    const model = catalog.find(id);
    if (!model || !usable.has(model.provider)) throw notUsable(model?.provider ?? id);
    if (model.capability === capability && (language === "" || matchLanguages(model.languages, language) > 0))
      return model;
    throw new ConfigError(
      "config-unknown-model",
      `${model.title} does no ${capability} for ${language || "any language"}.`,
    );
  }
}

/** Why a provider's models cannot be chosen. */
export function notUsable(provider: string): ConfigError {
  return new ConfigError(
    "config-unknown-model",
    `${provider} is switched off in the settings or cannot work on this machine.`,
  );
}
