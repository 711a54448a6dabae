import { stat } from "node:fs/promises";
import type { ModelRecord } from "./disk/record.js";

/**
 * True when a model was copied from files on this machine that have changed since: a user trying out voices of their
 * own puts a new one in place of the old. What was downloaded, or copied from files that are gone, never gets outdated.
 */
export async function isOutdated(record: ModelRecord): Promise<boolean> {
  for (const { source, sourceChangedAtMs } of record.files) {
    if (sourceChangedAtMs === undefined) continue;
    const found = await stat(source).catch(() => undefined);
    if (found && found.ctimeMs !== sourceChangedAtMs) return true;
  }
  return false;
}
