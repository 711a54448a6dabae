import type { Speller } from "./word-graph.js";

/** Words of a text in lower case without punctuation; parts of compounds and elided words by themselves. */
export function plainWords(text: string): readonly string[] {
  return text
    .normalize("NFC")
    .toLowerCase()
    .replaceAll("’", "'")
    .replace(/'/gu, "' ")
    .split(/[^\p{L}\p{M}\p{N}']+/u)
    .filter((word) => /[\p{L}\p{N}]/u.test(word));
}

/** Spells for a reader of text, who knows every word. */
export const plainSpeller: Speller = (text) => {
  const words = plainWords(text);
  return words.length === 0 ? [] : [words];
};
