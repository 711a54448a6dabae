import { BudgetError, ConfigError, messageOf } from "../base/errors.js";
import type { Logger } from "../base/logger.js";
import { formatBytes } from "../base/units.js";
import type { Catalog } from "../catalog/catalog.js";
import type { ModelManifest } from "../catalog/manifest.js";
import { providerSettings } from "../config/provider-settings.js";
import type { DeviceControls } from "../gateways/discovery/commands.js";
import { type Budget, parseBudgetOption, resolveBudget } from "../residency/memory/budget.js";
import type { MemoryConditions } from "../residency/memory/memory-probe.js";
import type { ResidencyView } from "../residency/resident-model.js";
import type { Controls, ModelChoice } from "../sessions/controls.js";
import type { LiveSettings } from "./live-settings.js";
import { notUsable } from "./model-switch.js";
import type { Preload } from "./preload.js";

/** What these controls need of residency. */
export interface SteeredResidency {
  view(): ResidencyView;
  setBudget(budget: Budget): void;
  setKeepAlive(model: string, seconds: number): void;
}

/** Satellites, as far as users steer them. */
export interface Satellites {
  /** Speaks a text; resolves when it was spoken. @throws {SessionError} */
  announce(site: string, text: string): Promise<void>;
  /** @param volume 0 to 1 */
  setVolume(site: string, volume: number): void;
}

export interface LiveControlsParts {
  readonly live: LiveSettings;
  readonly catalog: Catalog;
  readonly preload: Preload;
  readonly residency: SteeredResidency;
  readonly models: Controls;
  /** Providers that may be used and can work on this machine. */
  readonly usable: ReadonlySet<string>;
  readonly conditions: () => Promise<MemoryConditions>;
  readonly log: Logger;
  /** Tells that settings changed. */
  readonly changed: () => void;
  /** Absent where none are served. */
  readonly satellites?: Satellites;
  /** This machine's own microphone; absent where it is not used. */
  readonly board?: { setMuted(muted: boolean): void };
}

/** Carries out what users set while the program runs: checked, in force at once, and kept. */
export class LiveControls implements DeviceControls {
  readonly #parts: LiveControlsParts;

  constructor(parts: LiveControlsParts) {
    this.#parts = parts;
  }

  /** @throws {BudgetError} `larger-than-budget` for more than the machine has */
  async setBudget(bytes: number | undefined): Promise<void> {
    const { live, residency, preload, conditions } = this.#parts;
    if (bytes === undefined) {
      live.setBudget(undefined);
      const configured = parseBudgetOption(live.config.memory_budget);
      residency.setBudget(resolveBudget(configured, await conditions(), residency.view().measuredBytes));
      preload.reconsider();
      return;
    }
    const possible = resolveBudget({ kind: "bytes", bytes }, await conditions());
    if (possible.bytes < bytes) {
      throw new BudgetError(
        "larger-than-budget",
        `${formatBytes(bytes)} cannot be promised to models: there are only ${formatBytes(possible.bytes)}.`,
      );
    }
    live.setBudget(bytes);
    residency.setBudget({ bytes, reason: `${formatBytes(bytes)} as set while running` });
    // Other models may fit now, or not any more.
    preload.reconsider();
  }

  async setKeepAlive(seconds: number): Promise<void> {
    const { live, catalog, residency, usable, changed } = this.#parts;
    live.setKeepAlive(seconds);
    for (const { id, capability, provider } of catalog.models) {
      // A provider with a time of its own keeps it.
      if (!usable.has(provider) || providerSettings(live.config, capability, provider).keep_alive !== -2)
        continue;
      residency.setKeepAlive(id, seconds);
    }
    changed();
  }

  async warmUp(model: string): Promise<void> {
    const { preload, models } = this.#parts;
    const ids = model === "all" ? preload.decide() : [this.#usableModel(model).id];
    this.#inTurn("warm up", ids, (id) => models.warmUp(id));
  }

  async unload(model: string): Promise<void> {
    const { models } = this.#parts;
    const ids = model === "all" ? this.#inState((state) => state !== "cold") : [models.find(model)];
    await Promise.all(ids.map((id) => models.unload(id)));
  }

  async retry(model: string): Promise<void> {
    const { models } = this.#parts;
    const ids =
      model === "all" ? this.#inState((state) => state === "failed") : [this.#usableModel(model).id];
    this.#inTurn("retry", ids, (id) => models.retry(id));
  }

  /** @throws why the model cannot be chosen, or what kept it from getting ready; the former one goes on then */
  async chooseModel(choice: ModelChoice): Promise<void> {
    await this.#parts.models.use(choice);
  }

  async setPreload({ capability, provider, on }: Parameters<DeviceControls["setPreload"]>[0]): Promise<void> {
    const { live, preload, usable } = this.#parts;
    if (!usable.has(provider)) throw notUsable(provider);
    live.setPreload(capability, provider, on);
    preload.reconsider();
  }

  /** @throws {SessionError} when it was not spoken; {ConfigError} where no satellites are served */
  async say({ site, text }: { readonly site: string; readonly text: string }): Promise<void> {
    await this.#satellites().announce(site, text);
  }

  /** @throws {ConfigError} where no satellites are served */
  async setVolume({ site, volume }: { readonly site: string; readonly volume: number }): Promise<void> {
    this.#satellites().setVolume(site, volume);
  }

  /** @throws {ConfigError} where this machine's microphone is not used */
  async setMuted(muted: boolean): Promise<void> {
    const { board } = this.#parts;
    if (!board) {
      throw new ConfigError(
        "config-invalid",
        "The microphone of this machine is not used: switch local_audio.enabled on.",
      );
    }
    board.setMuted(muted);
  }

  #satellites(): Satellites {
    const { satellites } = this.#parts;
    if (satellites) return satellites;
    throw new ConfigError("config-invalid", "No satellites are served: switch hermes.enabled on.");
  }

  /** @throws {ConfigError} `config-unknown-model` */
  #usableModel(name: string): ModelManifest {
    const { catalog, models, usable } = this.#parts;
    const model = catalog.find(models.find(name));
    if (model && usable.has(model.provider)) return model;
    throw notUsable(model?.provider ?? name);
  }

  #inState(test: (state: string) => boolean): readonly string[] {
    return this.#parts.residency
      .view()
      .models.filter(({ state }) => test(state))
      .map(({ id }) => id);
  }

  /** In the background: a download may take long, and the models' states tell how far it is. */
  #inTurn(what: string, ids: readonly string[], act: (id: string) => Promise<void>): void {
    const { log } = this.#parts;
    void (async () => {
      for (const id of ids) {
        await act(id).catch((error) =>
          log.warn(`Could not ${what} ${id}: ${messageOf(error)}`, { model: id }),
        );
      }
    })();
  }
}
