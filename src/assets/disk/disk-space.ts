import { statfs } from "node:fs/promises";
import { AssetError } from "../../base/errors.js";
import { formatBytes, MIB } from "../../base/units.js";

/** Kept free for Home Assistant's database and logs on the same disk. */
export const RESERVE_BYTES = 100 * MIB;

/** Refuses writes that would fill the disk. */
export class DiskSpace {
  readonly #dir: string;
  readonly #reserveBytes: number;

  constructor(dir: string, reserveBytes: number = RESERVE_BYTES) {
    this.#dir = dir;
    this.#reserveBytes = reserveBytes;
  }

  /** Bytes that may still be written. */
  async freeBytes(): Promise<number> {
    const { bavail, bsize } = await statfs(this.#dir);
    return bavail * bsize - this.#reserveBytes;
  }

  /** @throws {AssetError} `disk-full` unless `bytes` more fit. */
  async require(bytes: number, purpose: string): Promise<void> {
    const free = await this.freeBytes();
    if (free >= bytes) return;
    throw new AssetError(
      "disk-full",
      `${purpose} needs ${formatBytes(bytes)} of disk space and only ${formatBytes(Math.max(0, free))} are free; ` +
        "remove models or files you no longer need",
    );
  }
}

/** The same failure as an `AssetError` when a write found the disk full; any other error as it is. */
export function orDiskFull(error: unknown, purpose: string): unknown {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (code !== "ENOSPC" && code !== "EDQUOT") return error;
  return new AssetError(
    "disk-full",
    `${purpose} filled the disk; remove models or files you no longer need`,
    {
      cause: error,
    },
  );
}
