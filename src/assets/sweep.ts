import { mkdir, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../base/clock.js";
import { idOfName, type Layout, RECORD_NAME } from "./disk/layout.js";
import { ModelLock } from "./disk/model-lock.js";
import { type ModelRecord, readRecord } from "./disk/record.js";

/** A download that nobody has continued for so long is not wanted any more. */
const PARTIAL_KEPT_MS = 30 * 24 * 3600 * 1000;

/**
 * Removes what interrupted work has left behind, and tells which models are whole. What another living process is at
 * work on stays, and so does any folder that is not ours.
 */
export async function sweep(layout: Layout, clock: Clock): Promise<ReadonlyMap<string, ModelRecord>> {
  for (const folder of layout.serviceFolders) await mkdir(folder, { recursive: true });
  const present = await presentModels(layout);
  for (const name of await readdir(layout.staging)) {
    if (await isFree(layout, name, clock))
      await rm(join(layout.staging, name), { recursive: true, force: true });
  }
  for (const name of await readdir(layout.partials)) {
    const path = join(layout.partials, name);
    const stale = clock.nowMs() - (await stat(path)).mtimeMs > PARTIAL_KEPT_MS;
    const needless = stale || present.has(idOfName(name));
    if (needless && (await isFree(layout, name, clock))) await rm(path, { recursive: true, force: true });
  }
  for (const folder of layout.serviceFolders) await removeHalfWritten(folder, clock);
  return present;
}

/** Small files are written under another name first; a crash in between leaves that. */
async function removeHalfWritten(folder: string, clock: Clock): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (!entry.isFile() || /\.(lock|json)$/.test(entry.name)) continue;
    // Another process may be writing it this very moment; it may also just have finished.
    const found = await stat(path).catch(() => undefined);
    if (found && clock.nowMs() - found.mtimeMs > 60_000) await rm(path, { force: true });
  }
}

async function isFree(layout: Layout, name: string, clock: Clock): Promise<boolean> {
  const id = idOfName(name);
  return !/^[^/]+\/[^/]+$/.test(id) || !(await ModelLock.isHeld(layout.lock(id), clock));
}

async function presentModels(layout: Layout): Promise<ReadonlyMap<string, ModelRecord>> {
  const present = new Map<string, ModelRecord>();
  for (const provider of await folders(layout.root)) {
    for (const model of await folders(join(layout.root, provider))) {
      const dir = join(layout.root, provider, model);
      const record = await readRecord(join(dir, RECORD_NAME));
      const id = `${provider}/${model}`;
      if (record && (await isWhole(dir, record))) present.set(id, record);
    }
  }
  return present;
}

/** True when every recorded file is there with its size. */
export async function isWhole(dir: string, record: ModelRecord): Promise<boolean> {
  for (const { path, bytes } of record.files) {
    const found = await stat(join(dir, path)).catch(() => undefined);
    if (!found?.isFile() || found.size !== bytes) return false;
  }
  return true;
}

async function folders(dir: string): Promise<readonly string[]> {
  const entries = await readdir(dir, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
    .map(({ name }) => name);
}
