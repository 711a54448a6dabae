import { join } from "node:path";
import { DiskModelStore } from "../assets/disk-model-store.js";
import { npmSettings } from "../assets/sources/npm-registry.js";
import type { Clock } from "../base/clock.js";
import type { Logger } from "../base/logger.js";
import type { Catalog } from "../catalog/catalog.js";
import type { Config } from "../config/schema.js";

/** The models folder of a data folder. @throws {AssetError} `asset-missing` when it cannot be used */
export async function openStore(parts: {
  readonly config: Config;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly dataDir: string;
  readonly catalog: Catalog;
  readonly log: Logger;
  readonly clock: Clock;
}): Promise<DiskModelStore> {
  const { offline, mirror, allow_http: allowHttp, max_kbytes_per_second: kilobytes } = parts.config.models;
  return DiskModelStore.open({
    dir: join(parts.dataDir, "models"),
    clock: parts.clock,
    logger: parts.log,
    models: parts.catalog.models,
    offline,
    npm: await npmSettings(parts.env, process.cwd()),
    addresses: { allowHttp, ...(mirror ? { huggingFace: mirror } : {}) },
    ...(kilobytes > 0 ? { bytesPerSecond: kilobytes * 1000 } : {}),
  });
}
