import { readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../base/clock.js";
import { AssetError } from "../base/errors.js";
import type { Logger } from "../base/logger.js";
import { MIB } from "../base/units.js";
import {
  PIPER_INDEX_FILE,
  PIPER_INDEX_URL,
  type PiperIndex,
  parsePiperIndex,
} from "../catalog/piper-voices.js";
import { DiskSpace } from "./disk/disk-space.js";
import type { AddressPolicy } from "./http/address.js";
import { Downloader } from "./http/downloader.js";
import { PartialFile } from "./http/partial-file.js";

export interface PiperIndexOptions {
  /** The user's catalog folder, which exists. */
  readonly dir: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly addresses?: AddressPolicy;
  /** Where the index is, if not where it is published. */
  readonly url?: string;
}

/** A few hundred kilobytes at present. */
const MAX_BYTES = 16 * MIB;

/**
 * Fetches the index of the Piper collection into the user's catalog folder, from where the catalog reads it at the
 * next start: it adds sizes, checksums and speakers of voices that have no entry of their own.
 * @throws {AssetError} `download-failed`, `asset-corrupt`, `disk-full`; an older index stays in place
 */
export async function fetchPiperIndex(options: PiperIndexOptions, signal: AbortSignal): Promise<PiperIndex> {
  const { dir, clock, logger, addresses = {}, url = PIPER_INDEX_URL } = options;
  const downloader = new Downloader({ clock, logger, addresses, disk: new DiskSpace(dir) });
  const partial = join(dir, `.${PIPER_INDEX_FILE}.partial`);
  try {
    await downloader.download({ url }, partial, () => undefined, signal, MAX_BYTES);
    const index = parsePiperIndex(await readFile(partial, "utf8"));
    if (!index)
      throw new AssetError("asset-corrupt", `${url} is no index of Piper voices; nothing was changed`);
    await rename(partial, join(dir, PIPER_INDEX_FILE));
    return index;
  } finally {
    await new PartialFile(partial).discard();
    await downloader.close();
  }
}
