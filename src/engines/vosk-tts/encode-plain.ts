import type { EncodedText } from "./encoded-text.js";
import type { VoskTtsConfig } from "./model-config.js";
import type { Token } from "./tokens.js";

const BLANK = 0;

/**
 * Input of a plain model: one row of phonemes and marks between `^` and `$`, a blank between any two of them where
 * the model wants blanks.
 * @param phonesOf phonemes of a word
 */
export function encodePlain(
  tokens: readonly Token[],
  { ids, blanks }: VoskTtsConfig,
  phonesOf: (word: string) => readonly string[],
): EncodedText {
  const input: number[] = [];
  const rows: number[] = [];
  const put = (symbol: string, row: number) => {
    const found = ids.get(symbol);
    // A mark or phoneme the model never heard of is left out rather than mistaken for another.
    if (!found) return;
    if (blanks && input.length > 0) {
      input.push(BLANK);
      rows.push(row);
    }
    for (const id of found) {
      input.push(id);
      rows.push(row);
    }
  };
  const counted = tokens.filter(({ kind }) => kind !== "space").map(textOf);
  put("^", 0);
  let row = 1;
  for (const token of tokens) {
    if (token.kind === "space") put(" ", row);
    else {
      const symbols = token.kind === "word" ? phonesOf(token.text.toLowerCase()) : [token.text];
      for (const symbol of symbols) put(symbol, row);
      row += 1;
    }
  }
  put("$", row);
  return {
    input: BigInt64Array.from(input, BigInt),
    dims: [1, input.length],
    length: input.length,
    rows,
    durationExtra: new Float32Array(input.length),
    words: counted.map((text) => ({ text, counted: true })),
  };
}

const textOf = (token: Token): string => (token.kind === "space" ? " " : token.text);
