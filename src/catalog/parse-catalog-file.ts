import { isMap, isScalar } from "yaml";
import type { ModelManifest } from "./manifest.js";
import { isCapability, isProviderName, parseModel } from "./parse-model.js";
import { YamlFields } from "./yaml-fields.js";
import { YamlText } from "./yaml-text.js";

/** What one catalog file says, and what is wrong with it. */
export interface CatalogFile {
  readonly models: readonly ModelManifest[];
  /** `file:line: sentence` for each mistake. */
  readonly problems: readonly string[];
}

/**
 * Reads one catalog file.
 *
 * The file names its `provider` and `capability` once, then `models` by name. Fields under `defaults` hold for every
 * model that does not say otherwise. `{id}` in any text is the model's name; `vars` adds more such words.
 * @param file as messages and `origin` shall name it.
 */
export function parseCatalogFile(file: string, text: string): CatalogFile {
  const yaml = new YamlText(file, text);
  if (!yaml.root) return { models: [], problems: yaml.problems };
  const top = new YamlFields(yaml, "catalog file", [yaml.root]);
  top.refuseUnknown(["provider", "capability", "defaults", "models"]);
  const provider = top.required("provider", top.string("provider"));
  const capability = top.required("capability", top.string("capability"));
  if (provider !== undefined && !isProviderName(provider)) {
    top.problem("provider", '"provider" must be lower-case letters, digits and "_"');
  }
  if (capability !== undefined && !isCapability(capability)) {
    top.problem("capability", '"capability" must be one of vad, wake, stt, tts');
  }
  const entries = top.node("models");
  if (!isMap(entries)) top.problem("models", '"models" must be a mapping from name to model');
  if (!isMap(entries) || !provider || !isCapability(capability))
    return { models: [], problems: yaml.problems };

  const defaults = top.node("defaults");
  if (defaults !== undefined && !isMap(defaults)) top.problem("defaults", '"defaults" must be a mapping');
  const models = entries.items.map((pair) => {
    const name = String(isScalar(pair.key) ? (pair.key.source ?? pair.key.value) : pair.key);
    const own = yaml.resolve(pair.value);
    const label = `${provider}/${name}`;
    if (!isMap(own)) return yaml.problem(pair.key, `${label}: must be a mapping`);
    const maps = isMap(defaults) ? [own, defaults] : [own];
    const vars = new YamlFields(yaml, label, maps).record("vars");
    const words = new Map([["id", name], ...Object.entries(vars ?? {})]);
    return parseModel(name, new YamlFields(yaml, label, maps, words), { provider, capability });
  });
  return { models: models.filter((model) => model !== undefined), problems: yaml.problems };
}
