import { availableParallelism } from "node:os";
import type { ModelManifest } from "../catalog/manifest.js";
import { loaderSettings, providerSettings } from "../config/provider-settings.js";
import type { Config } from "../config/schema.js";
import type { ProviderDescriptor } from "../engines/capability.js";
import type { ResidentModel } from "../residency/resident-model.js";

/** Every model of the catalog whose provider is usable, with the settings that apply to it. */
export function residentModels(
  models: readonly ModelManifest[],
  usable: ReadonlySet<string>,
  findProvider: (name: string) => ProviderDescriptor | undefined,
  config: Config,
): readonly ResidentModel[] {
  return models.flatMap((manifest) => {
    const provider = findProvider(manifest.provider);
    if (!provider || !usable.has(provider.name)) return [];
    const settings = providerSettings(config, manifest.capability, provider.name);
    return {
      manifest,
      title: provider.title,
      isolation: provider.isolation,
      settings: loaderSettings(settings),
      threads: threadsFor(config),
      arena: manifest.memory.arena ?? ("auto" as const),
      keepAliveSeconds: settings.keep_alive === -2 ? config.keep_alive : settings.keep_alive,
      // Without it every utterance would wait for its load, and it holds next to nothing.
      pinned: manifest.capability === "vad",
      priority: settings.priority,
    };
  });
}

/** Two threads are most of the gain (1.6 to 1.75 times one), and leave cores to Home Assistant. */
function threadsFor({ threads }: Config): number {
  return threads > 0 ? threads : Math.min(2, availableParallelism());
}
