import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cardinal, LARGEST_CARDINAL } from "../../../src/text/russian/cardinal.js";
import { CASES } from "../../../src/text/russian/grammar.js";
import { ordinal } from "../../../src/text/russian/ordinal.js";

describe("cardinal", () => {
  it("gives different numbers different words, up to the largest", () => {
    fc.assert(
      fc.property(fc.bigInt(0n, LARGEST_CARDINAL), fc.bigInt(0n, LARGEST_CARDINAL), (left, right) => {
        expect(cardinal(left) === cardinal(right)).toBe(left === right);
      }),
    );
  });

  it("writes every number in every case with Cyrillic letters and single spaces", () => {
    fc.assert(
      fc.property(fc.bigInt(0n, LARGEST_CARDINAL), fc.constantFrom(...CASES), (value, wanted) => {
        expect(cardinal(value, "neuter", wanted)).toMatch(/^[а-яё]+(?: [а-яё]+)*$/);
        expect(ordinal(value, "feminine", wanted)).toMatch(/^[а-яё]+(?: [а-яё]+)*$/);
      }),
    );
  });

  it.each([
    ["nominative", "пятьсот сорок шесть"],
    ["genitive", "пятисот сорока шести"],
    ["dative", "пятистам сорока шести"],
    ["instrumental", "пятьюстами сорока шестью"],
    ["prepositional", "пятистах сорока шести"],
  ] as const)("declines every part of 546 in the %s", (wanted, spoken) => {
    expect(cardinal(546n, "masculine", wanted)).toBe(spoken);
  });
});
