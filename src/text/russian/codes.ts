import type { Rewrite } from "../rewrite.js";
import { cardinal, digitByDigit } from "./cardinal.js";
import { ordinal } from "./ordinal.js";
import { NUMBER, parseNumber, spellNumber } from "./quantity.js";

const VULGAR: Readonly<Record<string, string>> = {
  "½": "1/2",
  "⅓": "1/3",
  "⅔": "2/3",
  "¼": "1/4",
  "¾": "3/4",
  "⅕": "1/5",
  "⅛": "1/8",
};

/** Groups of thousands are written with spaces of every width; joined, they are one number. */
export const GROUPED_DIGITS: Rewrite = {
  pattern: /(?<![\d.,:])[1-9]\d{0,2}(?:[ \u00a0\u2009\u202f']\d{3})+(?![\d:])/gu,
  say: ([number]) => (number ?? "").replace(/\D/g, ""),
};

/** Numbers that name something instead of counting it, and fractions. */
export const CODES: readonly Rewrite[] = [
  {
    pattern: /(?<![\d.,])(\+?\d)[\s-]?\(?(\d{3})\)?[\s-]?(\d{3})[\s-](\d{2})[\s-](\d{2})(?!\d)/gu,
    say: ([, country, ...groups]) =>
      [
        country?.startsWith("+") ? `плюс ${group(country.slice(1))}` : group(country),
        ...groups.map(group),
      ].join(" "),
  },
  // Versions and network addresses.
  {
    pattern: /(?<![\d.])\d+(?:\.\d+){2,}(?!\.?\d)/gu,
    say: ([number]) => (number ?? "").split(".").map(group).join(" точка "),
  },
  // 345-67-89: three groups or more.
  {
    pattern: /(?<![\d-])\d{1,4}(?:-\d{1,4}){2,}(?![-\d])/gu,
    say: ([number]) => (number ?? "").split("-").map(group).join(" "),
  },
  { pattern: /(?<!\d)24\/7(?!\d)/gu, say: () => "двадцать четыре на семь" },
  // Scores and proportions; times have been read before.
  { pattern: /(?<=\d):(?=\d)/gu, say: () => " " },
  { pattern: /[½⅓⅔¼¾⅕⅛]/gu, say: ([sign]) => ` ${VULGAR[sign ?? ""] ?? ""}` },
  {
    pattern: /(?<![\d/.,])(?:(\d{1,6})\s+)?(\d{1,3})\/(\d{1,3})(?![\d/]|[.,]\d)/gu,
    say: ([, whole, numerator, denominator]) =>
      fractionInWords(whole, Number(numerator), Number(denominator)),
  },
  {
    pattern: new RegExp(`(${NUMBER})\\s?[x×х*]\\s?(?=\\d)`, "gu"),
    say: ([, number]) => {
      const value = parseNumber(number ?? "");
      return value && `${spellNumber(value)} на `;
    },
  },
];

/** A group of a telephone number or an address: leading zeros are said. */
function group(digits: string | undefined): string {
  const value = digits ?? "";
  const zeros = /^0*(?=\d)/.exec(value)?.[0] ?? "";
  const rest = value.slice(zeros.length);
  return [digitByDigit(zeros), rest.length > 6 ? digitByDigit(rest) : cardinal(BigInt(rest))]
    .filter((part) => part !== "")
    .join(" ");
}

function fractionInWords(whole: string | undefined, numerator: number, denominator: number): string {
  const lead =
    whole === undefined
      ? ""
      : `${cardinal(BigInt(whole), "feminine")} ${whole.endsWith("1") && !whole.endsWith("11") ? "целая" : "целых"} `;
  if (numerator === 0 || numerator >= denominator || denominator > 100) {
    const before = whole === undefined ? "" : `${cardinal(BigInt(whole))} `;
    return `${before}${cardinal(BigInt(numerator))} дробь ${cardinal(BigInt(denominator))}`;
  }
  const one = numerator % 10 === 1 && numerator !== 11;
  const part = ordinal(BigInt(denominator), one ? "feminine" : "plural", one ? "nominative" : "genitive");
  return `${lead}${cardinal(BigInt(numerator), "feminine")} ${part}`;
}
