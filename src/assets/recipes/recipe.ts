import { AssetError } from "../../base/errors.js";
import { llamaTokens } from "./llama-tokens.js";
import { piperMetadata } from "./piper-metadata.js";
import { piperTokens } from "./piper-tokens.js";

/** What a recipe works from. */
export interface Ingredients {
  /** The fetched file of the role the recipe makes; undefined when it is made from others alone. */
  readonly own: string | undefined;
  /** The fetched file of another role. */
  readonly of: (role: string) => string | undefined;
}

/** Makes the file a loader wants from what can be fetched. */
export type Recipe = (ingredients: Ingredients, output: string) => Promise<void>;

const RECIPES: Readonly<Record<string, Recipe>> = {
  "llama-tokens": llamaTokens,
  "piper-metadata": piperMetadata,
  "piper-tokens": piperTokens,
};

/** @throws {AssetError} `asset-corrupt` for a name no recipe has: the catalog is newer than the program. */
export function recipeNamed(name: string): Recipe {
  const recipe = RECIPES[name];
  if (recipe) return recipe;
  throw new AssetError("asset-corrupt", `This version has no recipe "${name}"; update the program`);
}
