import { readFileSync } from "node:fs";

/**
 * What to do with a model's text: models trained on capitals alone shout, so theirs is put into small letters.
 * @param tokens path of the model's token list
 */
export function letterCaseOf(tokens: string): (text: string) => string {
  const pieces = readFileSync(tokens, "utf8").replace(/<[^>\s]*>/g, "");
  const shouts = /\p{Lu}/u.test(pieces) && !/\p{Ll}/u.test(pieces);
  return shouts ? (text) => text.toLowerCase() : (text) => text;
}
