import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../base/clock.js";
import { idOfName, type Layout, RECORD_NAME } from "./disk/layout.js";
import { ModelLock } from "./disk/model-lock.js";
import { readRecord } from "./disk/record.js";

/** A file or folder that serves no model. */
export interface GarbageItem {
  /** Inside the models folder. */
  readonly path: string;
  readonly bytes: number;
  /** In plain words. */
  readonly why: string;
}

/** A store that can be cleaned. */
export interface GarbageSource {
  /**
   * What serves none of the known models and is not being worked on by any process. Folders that no download of ours
   * made are the user's and never count.
   * @param known ids of the catalog
   * @param remove false only tells what there is
   */
  collectGarbage(known: ReadonlySet<string>, remove: boolean): Promise<readonly GarbageItem[]>;
}

interface Found extends GarbageItem {
  readonly model: string;
}

/** Everything below the models folder that could go. */
export async function findGarbage(
  layout: Layout,
  known: ReadonlySet<string>,
  clock: Clock,
): Promise<readonly Found[]> {
  const found: Found[] = [];
  const add = async (path: string, model: string, why: string) => {
    if (isId(model) && (await ModelLock.isHeld(layout.lock(model), clock))) return;
    found.push({ path, model, why, bytes: await bytesBelow(join(layout.root, path)) });
  };
  for (const name of await names(layout.staging)) {
    await add(join(".staging", name), idOfName(name), "left behind by a download that was cut off");
  }
  for (const name of await names(layout.partials)) {
    const model = idOfName(name);
    await add(join(".partial", name), model, `an unfinished download of ${model}`);
  }
  for (const model of await modelFolders(layout)) {
    const why = await uselessness(layout, model, known);
    if (why) await add(model, model, why);
  }
  return found;
}

/** Removes one find, unless its model is being worked on by now. @returns false when it stayed */
export async function removeGarbage(layout: Layout, { path, model }: Found, clock: Clock): Promise<boolean> {
  const lock = isId(model) ? await ModelLock.take(layout.lock(model), clock) : undefined;
  if (isId(model) && !lock) return false;
  try {
    await rm(join(layout.root, path), { recursive: true, force: true });
    return true;
  } finally {
    await lock?.release();
  }
}

async function uselessness(
  layout: Layout,
  model: string,
  known: ReadonlySet<string>,
): Promise<string | undefined> {
  const dir = join(layout.root, model);
  if (await readRecord(join(dir, `${RECORD_NAME}.bad`))) return "a damaged model; pulling it gets it anew";
  const record = await readRecord(join(dir, RECORD_NAME));
  return record && !known.has(model) ? "a model that the catalog does not have (any more)" : undefined;
}

async function modelFolders(layout: Layout): Promise<readonly string[]> {
  const models: string[] = [];
  for (const provider of await names(layout.root)) {
    if (provider.startsWith(".")) continue;
    for (const model of await names(join(layout.root, provider))) {
      if (isId(`${provider}/${model}`)) models.push(`${provider}/${model}`);
    }
  }
  return models;
}

const isId = (text: string): boolean => /^[a-z][a-z0-9_]*\/[A-Za-z0-9][A-Za-z0-9._-]*$/.test(text);

/** Names in a folder; none where there is no such folder. */
const names = (dir: string): Promise<readonly string[]> => readdir(dir).catch(() => []);

async function bytesBelow(path: string): Promise<number> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isDirectory()) return found?.size ?? 0;
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const sizes = await Promise.all(
    entries.map((entry) =>
      stat(join(entry.parentPath, entry.name)).then(
        (each) => (each.isFile() ? each.size : 0),
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, bytes) => sum + bytes, 0);
}
