import { mkdir, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { moveDurably, syncFolder } from "./disk/durable.js";
import type { Layout } from "./disk/layout.js";
import { readRecord } from "./disk/record.js";

/**
 * Makes a finished folder the model, in place of an older one. At every moment there is the old model, the new one or
 * none, never a mixture.
 */
export async function publish(layout: Layout, id: string, staging: string, unique: string): Promise<void> {
  const dir = layout.modelDir(id);
  await mkdir(dirname(dir), { recursive: true });
  await syncFolder(staging);
  await takeAway(layout, id, unique);
  await moveDurably(staging, dir);
  await rm(layout.partialDir(id), { recursive: true, force: true });
}

/**
 * Removes a model's folder. One that we did not make, without a readable record, is the user's: it is only moved aside.
 */
export async function takeAway(layout: Layout, id: string, unique: string): Promise<void> {
  const dir = layout.modelDir(id);
  const ours =
    (await readRecord(layout.record(id))) !== undefined || (await readRecord(bad(layout, id))) !== undefined;
  const away = ours ? layout.stagingDir(id, `${unique}-old`) : `${dir}.replaced-${unique}`;
  const moved = await rename(dir, away).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return false;
      throw error;
    },
  );
  if (moved && ours) await rm(away, { recursive: true, force: true });
}

/** Withdraws a model that is not what it should be: it is no longer present, its files stay for a look. */
export async function withdraw(layout: Layout, id: string): Promise<void> {
  await rename(layout.record(id), bad(layout, id));
}

const bad = (layout: Layout, id: string): string => `${layout.record(id)}.bad`;
