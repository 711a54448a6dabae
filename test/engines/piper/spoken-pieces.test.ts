import { describe, expect, it } from "vitest";
import { PIECE_LETTERS, spokenPieces } from "../../../src/engines/piper/spoken-pieces.js";

const CLAUSE = "the lamp in the hall is on";
const LONG = `${Array.from({ length: 12 }, () => CLAUSE).join(", ")}.`;
const letters = (pieces: readonly string[]) => pieces.join("").replaceAll(/\s/g, "");

describe("spokenPieces", () => {
  it("leaves what is short in one piece", () => {
    expect(spokenPieces(`${CLAUSE}.`, 1)).toEqual([`${CLAUSE}.`]);
  });

  it("cuts what is long at its pauses, and loses nothing", () => {
    const pieces = spokenPieces(LONG, 1);
    expect(pieces.length).toBeGreaterThan(1);
    for (const piece of pieces) {
      expect(piece.length).toBeLessThanOrEqual(PIECE_LETTERS);
      expect(piece).toMatch(/[,.]$/);
    }
    expect(letters(pieces)).toBe(letters([LONG]));
  });

  it("makes shorter pieces for a slower voice, and no longer ones for a quick one", () => {
    const longest = (pace: number) => Math.max(...spokenPieces(LONG, pace).map(({ length }) => length));
    expect(longest(0.5)).toBeLessThanOrEqual(PIECE_LETTERS / 2);
    expect(longest(4)).toBe(longest(1));
    expect(longest(0.01)).toBeGreaterThan(20);
  });

  it("counts a digit as the word it is read as", () => {
    const numbers = Array.from({ length: 30 }, (_, index) => 1000 + index).join(" ");
    const pieces = spokenPieces(numbers, 1);
    expect(letters(pieces)).toBe(letters([numbers]));
    for (const piece of pieces) expect(piece.length).toBeLessThan(PIECE_LETTERS / 3);
  });
});
