import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { ConfigError } from "../base/errors.js";
import type { Logger } from "../base/logger.js";
import type { Catalog } from "../catalog/catalog.js";
import { loadCatalog } from "../catalog/load.js";
import type { ModelManifest } from "../catalog/manifest.js";
import type { Config } from "../config/schema.js";
import { ownAddresses } from "./own-addresses.js";
import { ownFolders } from "./own-folders.js";
import { PROGRAM_DIR } from "./version.js";

/**
 * The catalog of this installation: the program's, the user's, files the user has put into `custom`, and local folders named in the settings.
 * @throws {ConfigError} `config-invalid`, `config-unknown-model`
 */
export async function installedCatalog(config: Config, log: Logger): Promise<Catalog> {
  const folders = {
    program: config.models.catalog_dir || fileURLToPath(new URL("models", PROGRAM_DIR)),
    user: userCatalogDir(config),
    custom: join(resolve(config.data_dir), "custom"),
  };
  const catalog = await loadCatalog(folders, (sentence) => log.warn(sentence));
  const local = Object.entries(config.models.folders).map(([id, dir]) =>
    fromFolder(find(catalog, id), resolve(dir)),
  );
  return catalog.with(ownAddresses(catalog, config)).with(local).with(ownFolders(catalog, config));
}

/** Entries of the user's own, and the index of Piper voices. */
export const userCatalogDir = (config: Config): string => join(resolve(config.data_dir), "catalog");

function find(catalog: Catalog, id: string): ModelManifest {
  const model = catalog.find(id);
  if (model) return model;
  throw new ConfigError(
    "config-unknown-model",
    `models.folders names ${id}, which the catalog does not have.`,
  );
}

/** A model whose files are taken from a folder; what the catalog knows of their checksums still holds. */
function fromFolder(model: ModelManifest, dir: string): ModelManifest {
  return { ...model, sources: [{ kind: "file", dir }] };
}
