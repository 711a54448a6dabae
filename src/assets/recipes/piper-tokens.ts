import { writeFile } from "node:fs/promises";
import { readPiperConfig } from "./piper-config.js";
import type { Ingredients } from "./recipe.js";

/**
 * The `tokens.txt` sherpa-onnx wants beside a Piper voice: a line `phoneme id` for each phoneme of its configuration.
 * @throws {AssetError} `asset-corrupt`
 */
export async function piperTokens({ own, of }: Ingredients, output: string): Promise<void> {
  const { phonemeIds } = await readPiperConfig(own ?? of("config"));
  const lines = [...phonemeIds].flatMap(([phoneme, [id]]) =>
    // A line break could not be told from the end of its line, and is never pronounced.
    id === undefined || phoneme.includes("\n") ? [] : [`${phoneme} ${id}\n`],
  );
  await writeFile(output, lines.join(""));
}
