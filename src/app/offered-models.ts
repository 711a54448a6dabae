import type { Catalog } from "../catalog/catalog.js";
import type { ModelManifest } from "../catalog/manifest.js";
import type { Config } from "../config/schema.js";
import { sizeSetting } from "./voice-options.js";

/** The models peers are told of: all that could be had, loaded or not, since Home Assistant looks only once. */
export function offeredModels(
  catalog: Catalog,
  usable: ReadonlySet<string>,
  config: Config,
): readonly ModelManifest[] {
  return catalog.ofSize(sizeSetting(config)).models.filter(({ provider }) => usable.has(provider));
}
