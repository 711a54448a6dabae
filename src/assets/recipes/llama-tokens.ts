import { readFile, writeFile } from "node:fs/promises";
import { AssetError } from "../../base/errors.js";
import type { Ingredients } from "./recipe.js";

/** Size of Moonshine's vocabulary: Llama's and placeholders for timestamps, which are never spoken. */
const VOCABULARY = 32_768;
const LLAMA_VOCABULARY = 32_000;

/**
 * Moonshine's `tokens.txt`, which no package carries: the vocabulary is Llama's, found in a JavaScript tokenizer as
 * one base64 literal of pieces separated by newlines. Each line is `base64(piece)<TAB>id`. The script is only read,
 * never run.
 * @throws {AssetError} `asset-corrupt`
 */
export async function llamaTokens({ own }: Ingredients, output: string): Promise<void> {
  const script = own === undefined ? "" : await readFile(own, "utf8");
  const literal = /llama_vocab_base64\s*=\s*"([A-Za-z0-9+/=]+)"/.exec(script)?.[1] ?? "";
  const pieces = Buffer.from(literal, "base64").toString("utf8").split("\n");
  if (pieces.length !== LLAMA_VOCABULARY) {
    throw new AssetError(
      "asset-corrupt",
      "The tokenizer script does not hold Llama's vocabulary as expected",
    );
  }
  const lines: string[] = [];
  for (let id = 0; id < VOCABULARY; id += 1) {
    lines.push(`${bytesOf(pieces[id] ?? `<unused-${id}>`).toString("base64")}\t${id}\n`);
  }
  await writeFile(output, lines.join(""));
}

/** A piece as it is spoken: `▁` marks a space, `<0x0A>` one raw byte. */
function bytesOf(piece: string): Buffer {
  const byte = /^<0x([0-9A-F]{2})>$/.exec(piece)?.[1];
  return byte ? Buffer.from(byte, "hex") : Buffer.from(piece.replaceAll("▁", " "));
}
