import type { GarbageSource } from "../assets/garbage.js";
import type { ModelStore } from "../assets/model-store.js";
import { ConfigError, EngineError } from "../base/errors.js";
import type { Catalog } from "../catalog/catalog.js";
import type { Capability, ModelManifest } from "../catalog/manifest.js";
import type { Availability } from "../engines/capability.js";
import type { Controls, Garbage, ModelChoice, ModelInUse } from "../sessions/controls.js";
import type { Foresight } from "../sessions/foresight.js";
import type { LadderSource } from "../sessions/ladder.js";

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

/** What controls need of a provider. */
export interface ControlledProvider {
  readonly name: string;
  readonly title: string;
  available(): Promise<Availability>;
}

/** Download, load and warm-up on a slow line. */
const WARM_UP_DEADLINE_MS = 3_600_000;

interface ControlParts {
  readonly catalog: Catalog;
  readonly store: ModelStore & GarbageSource;
  readonly residency: ControlledResidency;
  readonly ladder: LadderSource;
  /** Providers that may be used and can work on this machine. */
  readonly usable: ReadonlySet<string>;
  readonly findProvider: (name: string) => ControlledProvider | undefined;
  readonly plan: () => Promise<Foresight>;
  readonly use: (choice: ModelChoice) => Promise<ModelInUse>;
}

/** Controls over the models of this installation. */
export class ModelControls implements Controls {
  readonly #parts: ControlParts;

  constructor(parts: ControlParts) {
    this.#parts = parts;
  }

  find(name: string, capability?: Capability): string {
    return this.#manifest(name, capability).id;
  }

  async pull(model: string, signal?: AbortSignal): Promise<void> {
    await this.#parts.store.obtain(this.#manifest(model), signal);
  }

  async remove(model: string): Promise<void> {
    const manifest = this.#manifest(model);
    if (this.#parts.usable.has(manifest.provider)) await this.#parts.residency.unload(manifest.id);
    await this.#parts.store.remove(manifest);
  }

  async check(model: string): Promise<string | undefined> {
    const manifest = this.#manifest(model);
    const { id } = manifest;
    const state = await this.#parts.store.check(manifest);
    switch (state.name) {
      case "present":
        return undefined;
      case "corrupt":
        return `It is damaged: ${state.reason}. \`irene models pull ${id}\` gets it anew.`;
      case "missing":
        return `It is not on disk. \`irene models pull ${id}\` gets it.`;
      case "downloading":
      case "verifying":
      case "extracting":
        return `It is not on disk yet: ${state.name} just now.`;
    }
  }

  async warmUp(model: string): Promise<void> {
    const { id } = await this.#loadable(model);
    await this.#parts.residency.warmUp(id, {
      reason: "asked for by the user",
      mayEvict: "anyone",
      deadlineMs: WARM_UP_DEADLINE_MS,
    });
  }

  async unload(model: string): Promise<void> {
    const { id, provider } = this.#manifest(model);
    if (this.#parts.usable.has(provider)) await this.#parts.residency.unload(id);
  }

  async retry(model: string): Promise<void> {
    await this.#parts.residency.retry((await this.#loadable(model)).id);
  }

  pin(model: string, pinned: boolean): void {
    const { id } = this.#manifest(model);
    if (pinned) this.#parts.residency.pin(id);
    else this.#parts.residency.unpin(id);
  }

  use(choice: ModelChoice): Promise<ModelInUse> {
    return this.#parts.use(choice);
  }

  collectGarbage(remove: boolean): Promise<readonly Garbage[]> {
    const known = new Set(this.#parts.catalog.models.map(({ id }) => id));
    return this.#parts.store.collectGarbage(known, remove);
  }

  plan(): Promise<Foresight> {
    return this.#parts.plan();
  }

  #manifest(name: string, capability?: Capability): ModelManifest {
    const { catalog } = this.#parts;
    const model = catalog.lookUp(name, capability) ?? this.#ofProvider(name, capability);
    if (model) return model;
    const [other] = [catalog.lookUp(name), ...catalog.byProvider(name)].filter((each) => each !== undefined);
    throw new ConfigError(
      "config-unknown-model",
      unknown(name, capability, other, this.#parts.findProvider(name)),
    );
  }

  /** The model a provider would answer with; any of its models where the provider cannot be used. */
  #ofProvider(name: string, capability?: Capability): ModelManifest | undefined {
    const own = this.#parts.catalog.byProvider(name);
    const [first] = own.filter((model) => !capability || model.capability === capability);
    const best = first && this.#parts.ladder.ladder(first.capability, { wanted: name })[0];
    return best?.provider === name ? best : first;
  }

  /** @throws {EngineError} `engine-unavailable`, saying why the provider cannot be used here */
  async #loadable(name: string): Promise<ModelManifest> {
    const model = this.#manifest(name);
    if (this.#parts.usable.has(model.provider)) return model;
    const provider = this.#parts.findProvider(model.provider);
    const availability = await provider?.available();
    const title = provider?.title ?? model.provider;
    throw new EngineError(
      "engine-unavailable",
      availability && !availability.ok
        ? `${title} is not available: ${availability.reason}`
        : `${title} is switched off in the settings or not part of this build.`,
    );
  }
}

/** @param other what the name means where no capability is asked for */
function unknown(
  name: string,
  capability: Capability | undefined,
  other: ModelManifest | undefined,
  provider: ControlledProvider | undefined,
): string {
  if (other && capability) return `${other.id} is a ${other.capability} model, and ${capability} is needed.`;
  if (provider) return `The catalog has no model of ${name}.`;
  return `There is no model ${name}. \`irene models list\` shows those there are.`;
}
