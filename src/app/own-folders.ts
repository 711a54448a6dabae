import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { ConfigError } from "../base/errors.js";
import type { Catalog } from "../catalog/catalog.js";
import { matchLanguages } from "../catalog/language.js";
import type { Capability, ModelManifest } from "../catalog/manifest.js";
import { PROVIDER_KINDS } from "../config/provider-options.js";
import { providerSettings } from "../config/provider-settings.js";
import type { Config } from "../config/schema.js";

/** Above every model of the catalog: who names a folder wants what is in it. */
const QUALITY = 100;

/**
 * Models in folders of the user's own, `model_path` and Vosk's `model_paths`: like a model of the catalog with the
 * same files, but taken from there and without checksums.
 * @throws {ConfigError} `config-invalid` when a folder holds no model of that provider
 */
export function ownFolders(catalog: Catalog, config: Config): readonly ModelManifest[] {
  const capabilities = Object.keys(PROVIDER_KINDS) as Capability[];
  return capabilities.flatMap((capability) =>
    Object.keys(config.providers[PROVIDER_KINDS[capability]]).flatMap((provider) => {
      const { model_path: path, model_paths: paths } = providerSettings(config, capability, provider);
      const at = `providers.${PROVIDER_KINDS[capability]}.${provider}`;
      const known = catalog.byProvider(provider).filter((model) => model.capability === capability);
      const byLanguage = Object.entries((paths ?? {}) as Readonly<Record<string, string>>);
      return [
        ...(path ? [ownModel(known, resolve(path), `${at}.model_path`)] : []),
        ...byLanguage.map(([language, dir]) => {
          const spoken = known.filter((model) => matchLanguages(model.languages, language) > 0);
          const model = ownModel(
            spoken.length > 0 ? spoken : known,
            resolve(dir),
            `${at}.model_paths.${language}`,
          );
          return { ...model, id: `${model.id}-${language}`, languages: [language] };
        }),
      ];
    }),
  );
}

function ownModel(known: readonly ModelManifest[], dir: string, option: string): ModelManifest {
  const like = known.find(
    ({ files }) => files.length > 0 && files.every(({ path }) => existsSync(join(dir, path))),
  );
  if (!like) {
    const [first] = known;
    const wanted = first ? ` It needs files such as ${first.files.map(({ path }) => path).join(", ")}.` : "";
    throw new ConfigError("config-invalid", `${option}: ${dir} holds no model of this provider.${wanted}`);
  }
  const { downloadBytes: _, aliases: __, ...facts } = like;
  return {
    ...facts,
    id: `${like.provider}/own`,
    title: `${like.title} (own folder)`,
    quality: QUALITY,
    files: like.files.map(({ role, path }) => ({ role, path })),
    sources: [{ kind: "file", dir }],
    origin: option,
  };
}
