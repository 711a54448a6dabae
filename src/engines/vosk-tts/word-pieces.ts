import { readFileSync } from "node:fs";
import { damaged } from "../model-path.js";

const LONGEST_WORD = 100;
const SPECIAL = { start: "[CLS]", end: "[SEP]", unknown: "[UNK]" } as const;

/** Ids of a sentence and, for each of its counted parts, where its first piece lies. */
export interface PieceIds {
  readonly ids: readonly number[];
  /** Positions of the start, of each counted part, of the end. */
  readonly firsts: readonly number[];
}

/**
 * Cuts words into the pieces of a BERT vocabulary, longest first.
 * @see https://arxiv.org/abs/1810.04805 and its WordPiece tokenizer
 */
export class WordPieces {
  readonly #ids: ReadonlyMap<string, number>;
  readonly #special: Readonly<Record<keyof typeof SPECIAL, number>>;

  /** @throws {EngineError} `engine-load-failed` for a file that is no such vocabulary */
  constructor(vocabulary: string) {
    const lines = readFileSync(vocabulary, "utf8").split("\n");
    this.#ids = new Map(lines.map((line, index): [string, number] => [line.replace(/\r$/, ""), index]));
    const id = (name: string): number => {
      const found = this.#ids.get(name);
      if (found === undefined) throw damaged(vocabulary, `it has no ${name}`);
      return found;
    };
    this.#special = { start: id(SPECIAL.start), end: id(SPECIAL.end), unknown: id(SPECIAL.unknown) };
  }

  encode(parts: readonly { readonly text: string; readonly counted: boolean }[]): PieceIds {
    const ids: number[] = [this.#special.start];
    const firsts: number[] = [0];
    for (const { text, counted } of parts) {
      if (counted) firsts.push(ids.length);
      for (const word of words(text)) ids.push(...this.#pieces(word));
      // A part of nothing but characters the vocabulary ignores still needs a place.
      if (counted && firsts.at(-1) === ids.length) ids.push(this.#special.unknown);
    }
    firsts.push(ids.length);
    ids.push(this.#special.end);
    return { ids, firsts };
  }

  #pieces(word: string): readonly number[] {
    const letters = [...word];
    if (letters.length > LONGEST_WORD) return [this.#special.unknown];
    const pieces: number[] = [];
    for (let start = 0; start < letters.length; ) {
      const found = this.#longest(letters, start);
      // One unknown piece makes the whole word unknown.
      if (!found) return [this.#special.unknown];
      pieces.push(found.id);
      start = found.end;
    }
    return pieces;
  }

  #longest(
    letters: readonly string[],
    start: number,
  ): { readonly id: number; readonly end: number } | undefined {
    for (let end = letters.length; end > start; end -= 1) {
      const id = this.#ids.get(`${start > 0 ? "##" : ""}${letters.slice(start, end).join("")}`);
      if (id !== undefined) return { id, end };
    }
    return undefined;
  }
}

/** BERT takes every mark for a word of its own, the hyphen inside a word as well. */
function words(text: string): readonly string[] {
  return text
    .replace(/\+/gu, "")
    .split(/([\p{P}\p{S}])|\s+/u)
    .filter((part) => part !== undefined && part !== "");
}
