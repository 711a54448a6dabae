import type { ModelStore } from "../assets/model-store.js";
import { ConfigError } from "../base/errors.js";
import type { Catalog } from "../catalog/catalog.js";
import type { ModelManifest } from "../catalog/manifest.js";
import type { Controls } from "../sessions/controls.js";

/** What controls need of residency. */
export interface ControlledResidency {
  warmUp(
    model: string,
    options: { readonly reason: string; readonly mayEvict: "anyone"; readonly deadlineMs: number },
  ): Promise<void>;
  unload(model: string): Promise<void>;
  retry(model: string): void | Promise<void>;
  pin(model: string): void;
  unpin(model: string): void;
}

/** Download, load and warm-up on a slow line. */
const WARM_UP_DEADLINE_MS = 3_600_000;

/** Controls over the models of this installation. */
export class ModelControls implements Controls {
  readonly #catalog: Catalog;
  readonly #store: ModelStore;
  readonly #residency: ControlledResidency;

  constructor(parts: {
    readonly catalog: Catalog;
    readonly store: ModelStore;
    readonly residency: ControlledResidency;
  }) {
    this.#catalog = parts.catalog;
    this.#store = parts.store;
    this.#residency = parts.residency;
  }

  async pull(model: string, signal?: AbortSignal): Promise<void> {
    await this.#store.obtain(this.#manifest(model), signal);
  }

  async remove(model: string): Promise<void> {
    const manifest = this.#manifest(model);
    await this.#residency.unload(manifest.id);
    await this.#store.remove(manifest);
  }

  async check(model: string): Promise<string | undefined> {
    const state = await this.#store.check(this.#manifest(model));
    if (state.name === "present") return undefined;
    return state.name === "corrupt" ? state.reason : "It is not on disk. Get it with `irene models pull`.";
  }

  async warmUp(model: string): Promise<void> {
    await this.#residency.warmUp(this.#manifest(model).id, {
      reason: "asked for by the user",
      mayEvict: "anyone",
      deadlineMs: WARM_UP_DEADLINE_MS,
    });
  }

  async unload(model: string): Promise<void> {
    await this.#residency.unload(this.#manifest(model).id);
  }

  async retry(model: string): Promise<void> {
    await this.#residency.retry(this.#manifest(model).id);
  }

  pin(model: string, pinned: boolean): void {
    const { id } = this.#manifest(model);
    if (pinned) this.#residency.pin(id);
    else this.#residency.unpin(id);
  }

  #manifest(name: string): ModelManifest {
    const model = this.#catalog.lookUp(name);
    if (model) return model;
    throw new ConfigError(
      "config-unknown-model",
      `There is no model ${name}. \`irene models list\` shows those there are.`,
    );
  }
}
