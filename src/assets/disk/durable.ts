import { mkdir, open, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Makes a folder and those above it. Unlike Node's own `recursive`, which never ends below `/proc`, it fails where no
 * folder can be made.
 */
export async function ensureFolder(dir: string): Promise<void> {
  const found = await stat(dir).catch(() => undefined);
  if (found?.isDirectory()) return;
  if (dirname(dir) !== dir) await ensureFolder(dirname(dir));
  await mkdir(dir).catch((error: NodeJS.ErrnoException) => {
    // Another process may have made it meanwhile; anything else of that name shows at the first use.
    if (error.code !== "EEXIST" || found) throw error;
  });
}

/** Makes the names in a folder outlive a power cut. */
export async function syncFolder(dir: string): Promise<void> {
  const handle = await open(dir, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes a file's bytes outlive a power cut. */
export async function syncFile(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Writes a small JSON file so that a reader sees the old or the new one, never half of either. */
export async function writeJson(path: string, value: unknown): Promise<void> {
  const temporary = `${path}.new`;
  try {
    await writeFile(temporary, `${JSON.stringify(value, null, 2)}\n`);
    await syncFile(temporary);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

/** Moves a file or folder within one volume, and makes the move outlive a power cut. */
export async function moveDurably(from: string, to: string): Promise<void> {
  await rename(from, to);
  await syncFolder(dirname(to));
}
