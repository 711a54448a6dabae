import { EngineError, InternalError } from "../base/errors.js";
import type { LoadSpec, Provider, ProviderDescriptor } from "../engines/capability.js";
import { Lane } from "../engines/lane.js";
import type { LoadedModel } from "./model-worker.js";

/** A model in this process. Its calls take turns: engines are not asked to be re-entrant. */
export interface HostedModel<P extends Provider = Provider> {
  readonly provider: P;
  readonly lane: Lane;
}

/** The models this worker holds, by catalog id. */
export class HostedModels {
  readonly #find: (name: string) => ProviderDescriptor | undefined;
  readonly #warn: (model: string, sentence: string) => void;
  readonly #models = new Map<string, HostedModel>();

  constructor(
    find: (name: string) => ProviderDescriptor | undefined,
    warn: (model: string, sentence: string) => void,
  ) {
    this.#find = find;
    this.#warn = warn;
  }

  /** @throws {EngineError} `engine-unavailable`, and what the provider's loader throws */
  async load(spec: LoadSpec): Promise<LoadedModel> {
    if (this.#models.has(spec.model)) {
      throw new InternalError("invariant-broken", `${spec.model} is already loaded in this worker.`);
    }
    const descriptor = this.#find(spec.provider);
    if (!descriptor) {
      throw new EngineError("engine-unavailable", `This build has no provider named ${spec.provider}.`);
    }
    const availability = await descriptor.available();
    if (!availability.ok) throw new EngineError("engine-unavailable", availability.reason);
    const provider = await descriptor.load(spec, (sentence) => this.#warn(spec.model, sentence));
    this.#models.set(spec.model, { provider, lane: new Lane() });
    return describe(provider);
  }

  /** @throws {InternalError} when the model is not here or answers something else */
  get<C extends Provider["capability"]>(
    model: string,
    capability: C,
  ): HostedModel<Extract<Provider, { capability: C }>> {
    const hosted = this.#models.get(model);
    if (hosted?.provider.capability !== capability) {
      throw new InternalError("invariant-broken", `${model} is not loaded for ${capability} in this worker.`);
    }
    // The line above compared the discriminant; narrowing does not reach the type around it.
    return hosted as HostedModel<Extract<Provider, { capability: C }>>;
  }

  /** Waits for the call in progress, then frees the model. Unknown models are gone already. */
  async unload(model: string): Promise<void> {
    const hosted = this.#models.get(model);
    this.#models.delete(model);
    await hosted?.lane.run(() => hosted.provider.close());
  }

  async unloadAll(): Promise<void> {
    for (const model of [...this.#models.keys()]) await this.unload(model);
  }
}

function describe(provider: Provider): LoadedModel {
  switch (provider.capability) {
    case "stt": {
      const { streaming, maxSamples, takesPhrases } = provider;
      return {
        capability: "stt",
        streaming,
        ...(maxSamples === undefined ? {} : { maxSamples }),
        ...(takesPhrases ? { takesPhrases } : {}),
      };
    }
    case "tts":
      return { capability: "tts", rateHz: provider.rateHz, speakers: provider.speakers };
    case "vad":
      return { capability: "vad", frameSamples: provider.frameSamples };
    case "wake":
      return { capability: "wake", words: provider.words };
  }
}
