import { readFileSync } from "node:fs";
import { damaged } from "../model-path.js";

/** A Base64 piece (or an empty one), a tab, its number. */
const LINE = /^([A-Za-z0-9+/]*={0,2})\t(\d+)$/;

/** Pieces from here on are placeholders, as are the first three: unknown, start and end of text. */
const FIRST_PLACEHOLDER = 32_000;
const FIRST_PIECE = 3;

/** Turns the numbers a model writes into text. */
export class TokenText {
  readonly #pieces: readonly Buffer[];

  /**
   * @param path lines of `base64(piece)<TAB>id` in order of id, as sherpa-onnx reads them
   * @throws {EngineError} `engine-load-failed`
   */
  constructor(path: string) {
    const lines = readFileSync(path, "utf8").split("\n");
    if (lines.at(-1) === "") lines.pop();
    if (lines.length < FIRST_PLACEHOLDER) throw damaged(path, "it does not hold all tokens");
    this.#pieces = lines.map((line, index) => {
      const [, piece, id] = LINE.exec(line) ?? [];
      if (piece === undefined || Number(id) !== index) {
        throw damaged(path, `line ${index + 1} is not the token of that number`);
      }
      return Buffer.from(piece, "base64");
    });
  }

  /** Pieces may hold part of a character, so bytes are joined before they become text. */
  textOf(tokens: readonly number[]): string {
    const spoken = tokens.filter((token) => token >= FIRST_PIECE && token < FIRST_PLACEHOLDER);
    return Buffer.concat(spoken.map((token) => this.#pieces[token] ?? Buffer.alloc(0)))
      .toString("utf8")
      .trim();
  }
}
