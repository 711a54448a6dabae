import { cardinal, counted, digitByDigit, LARGEST_CARDINAL } from "./cardinal.js";
import { type Case, countForm, type Gender } from "./grammar.js";
import { type Noun, noun } from "./noun.js";

/** A number as written: `-12,50` has the sign `минус`, `12` and `50`. */
export interface WrittenNumber {
  readonly sign: "" | "минус " | "плюс ";
  /** Digits before the decimal mark. */
  readonly whole: string;
  /** Digits after it; undefined without a mark. */
  readonly fraction: string | undefined;
}

/** Feminine adjectives that decline like a counted noun: целая, десятая. */
const share = (stem: string): Noun => {
  const made = noun("feminine", stem, "ая ой ой ую ой ой", "ые ых ым ые ыми ых");
  return { ...made, few: made.plural[1] };
};
const WHOLE = share("цел");
const SHARES = ["десят", "сот", "тысячн", "десятитысячн", "стотысячн", "миллионн"].map(share);

/** Reads `12`, `-12,5`, `+3`, `12.50`; undefined when it is something else. */
export function parseNumber(text: string): WrittenNumber | undefined {
  const match = /^([-−–+]?)(\d+)(?:[.,](\d+))?$/.exec(text);
  const whole = match?.[2];
  if (whole === undefined) return undefined;
  const sign = match?.[1] ?? "";
  return { sign: sign === "" ? "" : sign === "+" ? "плюс " : "минус ", whole, fraction: match?.[3] };
}

/** Matches what `parseNumber` reads; a sign counts only where it cannot be a hyphen between words. */
export const NUMBER = "(?:(?<![\\p{L}\\d)°%])[-−+])?(?<![\\p{L}\\d])\\d+(?:[.,]\\d+)?(?![.,]?\\d)";

/** A number in words, without what it counts. */
export function spellNumber(
  value: WrittenNumber,
  gender: Gender = "masculine",
  wanted: Case = "nominative",
): string {
  if (value.fraction !== undefined) return value.sign + spellDecimal(value.whole, value.fraction, wanted);
  return value.sign + spellWhole(value.whole, gender, wanted);
}

/** A number with the noun it counts in the form it needs: `две минуты`, `двенадцать целых пять десятых градуса`. */
export function spellQuantity(value: WrittenNumber, what: Noun, wanted: Case = "nominative"): string {
  const number = spellNumber(value, what.gender, wanted);
  if (value.fraction !== undefined) return `${number} ${what.singular[1]}`;
  return `${number} ${counted(what, BigInt(value.whole), wanted)}`;
}

function spellWhole(digits: string, gender: Gender, wanted: Case): string {
  const padded = digits.length > 1 && digits.startsWith("0");
  if (padded || BigInt(digits) > LARGEST_CARDINAL) return digitByDigit(digits);
  return cardinal(BigInt(digits), gender, wanted);
}

function spellDecimal(whole: string, fraction: string, wanted: Case): string {
  const integer = BigInt(whole);
  const units = integer > LARGEST_CARDINAL ? digitByDigit(whole) : cardinal(integer, "feminine", wanted);
  const lead = `${units} ${counted(WHOLE, integer, wanted)}`;
  const name = SHARES[fraction.length - 1];
  if (name === undefined) return `${lead} ${digitByDigit(fraction)}`;
  return `${lead} ${cardinal(BigInt(fraction), "feminine", wanted)} ${counted(name, BigInt(fraction), wanted)}`;
}

/** Whether a number and a written noun can only be a genitive: `2 градусов` is not how the nominative looks. */
export function looksGenitive(value: WrittenNumber, form: string, what: Noun): boolean {
  if (value.fraction !== undefined || value.whole.length > 15) return false;
  const count = countForm(BigInt(value.whole));
  if (count === "few") return form === what.plural[1] && form !== what.few;
  return count === "one" && form === what.singular[1] && form !== what.singular[0];
}
