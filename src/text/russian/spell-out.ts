import { applyRewrites, type Rewrite } from "../rewrite.js";
import { CODES, GROUPED_DIGITS } from "./codes.js";
import { DATES } from "./dates.js";
import { ORDINALS_WITH_ENDING } from "./ordinals-with-ending.js";
import { MEASURES, MONEY, NUMBERS } from "./quantities.js";
import { RANGES } from "./ranges.js";
import { SIGNS_BEFORE_NUMBERS, SIGNS_LEFT_OVER } from "./signs.js";
import { TIMES } from "./times.js";

/** Special before general: a date would otherwise be read as a range, a range as two numbers. */
const REWRITES: readonly Rewrite[] = [
  GROUPED_DIGITS,
  ...SIGNS_BEFORE_NUMBERS,
  ...DATES,
  ...TIMES,
  ...CODES,
  ...ORDINALS_WITH_ENDING,
  ...RANGES,
  ...MONEY,
  ...MEASURES,
  ...NUMBERS,
  ...SIGNS_LEFT_OVER,
  { pattern: /[ \t\u00a0]{2,}/gu, say: () => " " },
  { pattern: /[ \t]+(?=[,.;:!?)])/gu, say: () => "" },
];

/** Russian text with every number, unit, date, time, amount and sign in words. */
export function spellOutRussian(text: string): string {
  return applyRewrites(text, REWRITES).trim();
}
