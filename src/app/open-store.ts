import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DiskModelStore } from "../assets/disk-model-store.js";
import { npmSettings } from "../assets/sources/npm-registry.js";
import type { Clock } from "../base/clock.js";
import type { Logger } from "../base/logger.js";
import type { Catalog } from "../catalog/catalog.js";
import { loadCatalog } from "../catalog/load.js";
import { providerSettings } from "../config/provider-settings.js";
import type { Config } from "../config/schema.js";
import { findProvider } from "../engines/registry.js";
import { StoreWithParts } from "./store-with-parts.js";
import { PROGRAM_DIR } from "./version.js";

/** The models folder of a data folder, with what providers lack on this machine. @throws {AssetError} `asset-missing` when it cannot be used */
export async function openStore(parts: {
  readonly config: Config;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly dataDir: string;
  readonly catalog: Catalog;
  readonly log: Logger;
  readonly clock: Clock;
}): Promise<StoreWithParts> {
  const { offline, mirror, allow_http: allowHttp, max_kbytes_per_second: kilobytes } = parts.config.models;
  const shelf = await loadCatalog({ program: fileURLToPath(new URL("models/parts", PROGRAM_DIR)) });
  const store = await DiskModelStore.open({
    dir: join(parts.dataDir, "models"),
    clock: parts.clock,
    logger: parts.log,
    models: parts.catalog.models,
    offline,
    npm: await npmSettings(parts.env, process.cwd()),
    addresses: { allowHttp, ...(mirror ? { huggingFace: mirror } : {}) },
    ...(kilobytes > 0 ? { bytesPerSecond: kilobytes * 1000 } : {}),
  });
  return new StoreWithParts({
    store,
    parts: shelf,
    partOf: async ({ provider, capability }) =>
      findProvider(provider)?.part?.(providerSettings(parts.config, capability, provider)),
    log: parts.log,
  });
}
