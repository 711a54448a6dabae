import type { Catalog } from "../catalog/catalog.js";
import type { ModelManifest } from "../catalog/manifest.js";
import type { Config } from "../config/schema.js";

/** Providers whose packages can come from an address of the user's, and the model that then does. */
const MODELS = { silero_v3: "silero_v3/v3_ru", silero_v4: "silero_v4/v4_ru" } as const;

/**
 * Models that come from an address in the settings, Silero's `model_url`. Nothing is known of what lies there: the
 * checksum of the first download is remembered.
 */
export function ownAddresses(catalog: Catalog, config: Config): readonly ModelManifest[] {
  const providers = Object.keys(MODELS) as (keyof typeof MODELS)[];
  return providers.flatMap((provider) => {
    const url = config.providers.tts[provider].model_url;
    const model = catalog.find(MODELS[provider]);
    if (url === "" || !model) return [];
    const { downloadBytes: _, ...facts } = model;
    return {
      ...facts,
      files: model.files.map(({ role, path }) => ({ role, path })),
      sources: [{ kind: "http", urls: { model: url } }] as const,
      origin: `providers.tts.${provider}.model_url`,
    };
  });
}
