import { readFileSync } from "node:fs";
import { damaged } from "../model-path.js";

/** A piece of text, white space, its number. Base64 pieces and pieces that are spaces both occur. */
const LINE = /^.*[ \t]\d+\s*$/;

/**
 * Refuses a token list sherpa-onnx would end the process over.
 * @throws {EngineError} `engine-load-failed`
 */
export function checkTokensFile(path: string): void {
  const lines = readFileSync(path, "utf8").split("\n");
  if (lines.at(-1) === "") lines.pop();
  const bad = lines.findIndex((line) => !LINE.test(line));
  if (lines.length < 2) throw damaged(path, "it holds no list of tokens");
  if (bad >= 0) throw damaged(path, `line ${bad + 1} is not a token and its number`);
}
