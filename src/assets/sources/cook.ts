import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { AssetError } from "../../base/errors.js";
import type { ModelFile } from "../../catalog/manifest.js";
import { recipeNamed } from "../recipes/recipe.js";
import type { Kitchen } from "./plan.js";

/**
 * Makes a model's single files from fetched ones: those with a recipe are made, all others taken as they are.
 * Recipes come first, as they may read what is taken away afterwards.
 * @param raw fetched file of each role.
 * @param take puts an untouched file into its place.
 */
export async function cook(
  files: readonly ModelFile[],
  raw: ReadonlyMap<string, string>,
  recipes: Readonly<Record<string, string>>,
  take: (from: string, to: string) => Promise<void>,
  { staging, signal }: Kitchen,
): Promise<void> {
  for (const file of [...files].sort((a, b) => Number(!recipes[a.role]) - Number(!recipes[b.role]))) {
    signal.throwIfAborted();
    const output = join(staging, file.path);
    await mkdir(dirname(output), { recursive: true });
    const own = raw.get(file.role);
    const recipe = recipes[file.role];
    if (recipe) await recipeNamed(recipe)({ own, of: (role) => raw.get(role) }, output);
    else if (own !== undefined) await take(own, output);
    else throw new AssetError("asset-missing", `The source does not give the file "${file.role}"`);
  }
}
