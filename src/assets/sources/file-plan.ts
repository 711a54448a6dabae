import { constants, copyFile, cp, stat } from "node:fs/promises";
import { join } from "node:path";
import { AssetError } from "../../base/errors.js";
import type { FileSource, ModelFile } from "../../catalog/manifest.js";
import { cook } from "./cook.js";
import { isFolder, type Kitchen, type SourcePlan } from "./plan.js";

/** A folder on this machine. It is copied, never changed. */
export async function planFolder(source: FileSource, files: readonly ModelFile[]): Promise<SourcePlan> {
  const recipes = source.recipes ?? {};
  const pathOf = (file: ModelFile) => join(source.dir, source.names?.[file.role] ?? file.path);
  const changedAtMs = new Map<string, number>();
  for (const file of files) {
    const found = await stat(pathOf(file)).catch(() => undefined);
    if (found) changedAtMs.set(file.role, found.ctimeMs);
  }
  return {
    changedAtMs,
    downloads: [],
    assemble: async (_fetched, kitchen) => {
      const raw = new Map<string, string>();
      for (const file of files) {
        const path = pathOf(file);
        const found = await stat(path).catch(() => undefined);
        if (found && found.isDirectory() === isFolder(file)) raw.set(file.role, path);
        else if (!recipes[file.role]) {
          throw new AssetError(
            "asset-missing",
            `${path} is missing; put it there or correct the catalog entry`,
          );
        }
      }
      await copy(files, raw, recipes, kitchen);
    },
    sources: new Map(files.map((file) => [file.role, pathOf(file)])),
  };
}

async function copy(
  files: readonly ModelFile[],
  raw: ReadonlyMap<string, string>,
  recipes: Readonly<Record<string, string>>,
  kitchen: Kitchen,
): Promise<void> {
  for (const folder of files.filter(isFolder)) {
    const to = join(kitchen.staging, folder.path);
    // Links are followed: the copy must not change with what they point to.
    await cp(raw.get(folder.role) ?? "", to, { recursive: true, dereference: true });
  }
  const take = (from: string, to: string) => copyFile(from, to, constants.COPYFILE_FICLONE);
  await cook(
    files.filter((file) => !isFolder(file)),
    raw,
    recipes,
    take,
    kitchen,
  );
}
