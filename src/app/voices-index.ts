import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fetchPiperIndex } from "../assets/piper-index.js";
import { messageOf } from "../base/errors.js";
import { PIPER_INDEX_FILE } from "../catalog/piper-voices.js";
import type { Config } from "../config/schema.js";
import type { CoreParts } from "./core.js";
import { userCatalogDir } from "./installed-catalog.js";

/**
 * Gets the index of all Piper voices where it is not on disk yet; the catalog reads it at the next start. Never
 * rejects: without it voices of the collection are known by name only.
 */
export async function fetchVoicesIndex(
  { config, clock, log }: CoreParts,
  signal: AbortSignal,
): Promise<void> {
  const dir = userCatalogDir(config);
  if (config.models.offline || existsSync(join(dir, PIPER_INDEX_FILE))) return;
  try {
    await mkdir(dir, { recursive: true });
    await fetchPiperIndex({ dir, clock, logger: log, addresses: addressesOf(config) }, signal);
    log.info("The index of Piper voices is here; `irene models list` shows them after the next start");
  } catch (error) {
    log.debug(`The index of Piper voices cannot be had now: ${messageOf(error)}`);
  }
}

const addressesOf = ({ models }: Config) => ({
  allowHttp: models.allow_http,
  ...(models.mirror ? { huggingFace: models.mirror } : {}),
});
