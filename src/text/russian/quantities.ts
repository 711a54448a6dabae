import { anyOf, type Rewrite } from "../rewrite.js";
import { agree } from "./agreement.js";
import { counted } from "./cardinal.js";
import { CURRENCY_BY_SYMBOL, type Currency } from "./currencies.js";
import { type Case, governedCase } from "./grammar.js";
import { copeck } from "./nouns.js";
import { NUMBER, parseNumber, spellNumber, spellQuantity, type WrittenNumber } from "./quantity.js";
import { UNIT_BY_SYMBOL } from "./units.js";

/** A full stop that belongs to an abbreviation, because the sentence goes on. */
const ABBREVIATION_STOP = "(?:\\.(?=\\s+[\\p{Ll}\\d]|\\s*[,;:)]))?";
const NO_LETTER_AFTER = "(?![\\p{L}\\d])";
/** One-letter symbols that are words as well; they count as units only where no word follows. */
const ALSO_WORDS = new Set(["с", "А", "К", "A", "K"]);
const MULTIPLIER = `(?:\\s?(тыс|млн|млрд|трлн)${ABBREVIATION_STOP})?`;
const CURRENCY = anyOf(CURRENCY_BY_SYMBOL.keys());

/** Symbols of units, for the patterns of ranges. */
export const UNIT_PATTERN = `(${anyOf(UNIT_BY_SYMBOL.keys())})${NO_LETTER_AFTER}${ABBREVIATION_STOP}`;

/** Amounts of money. */
export const MONEY: readonly Rewrite[] = [
  {
    pattern: new RegExp(`([$€£₽¥])\\s?(${NUMBER})${MULTIPLIER}`, "gu"),
    say: ([, symbol, number, multiplier], { before }) => moneyInWords(number, multiplier, symbol, before),
  },
  {
    pattern: new RegExp(
      `(${NUMBER})${MULTIPLIER}\\s?(${CURRENCY})${NO_LETTER_AFTER}${ABBREVIATION_STOP}`,
      "gu",
    ),
    say: ([, number, multiplier, symbol], { before }) => moneyInWords(number, multiplier, symbol, before),
  },
  {
    pattern: new RegExp(`(${NUMBER})\\s?коп${NO_LETTER_AFTER}${ABBREVIATION_STOP}`, "gu"),
    say: ([, number], { before }) => {
      const value = parseNumber(number ?? "");
      return value && spellQuantity(value, copeck, governedCase(before));
    },
  },
];

/** Numbers with a unit's symbol. */
export const MEASURES: readonly Rewrite[] = [
  {
    pattern: new RegExp(`(${NUMBER})\\s?${UNIT_PATTERN}`, "gu"),
    say: ([, number, symbol], { before, after }) => {
      const value = parseNumber(number ?? "");
      const unit = UNIT_BY_SYMBOL.get(symbolOf(symbol));
      if (!value || !unit || (ALSO_WORDS.has(symbol ?? "") && /^\s+\p{L}/u.test(after))) return undefined;
      return spellQuantity(value, unit, governedCase(before));
    },
  },
];

/** Bare numbers, in the gender and case of their neighbours. */
export const NUMBERS: readonly Rewrite[] = [
  // A letter glued to a digit would make both unreadable: B12, mp3.
  { pattern: /(?<=\p{L})(?=\d)|(?<=\d)(?=\p{L})/gu, say: () => " " },
  {
    pattern: new RegExp(`(${NUMBER})`, "gu"),
    say: ([, number], { before, after }) => {
      const value = parseNumber(number ?? "");
      if (!value) return undefined;
      const { gender, case: wanted } = agree(value, before, after);
      return spellNumber(value, gender, wanted);
    },
  },
  // Whatever no rule could read is read as it stands: a digit left over would be silence.
  {
    pattern: /\d+/gu,
    say: ([digits]) => ` ${spellNumber({ sign: "", whole: digits ?? "", fraction: undefined })} `,
  },
];

/** The unit's key of a matched symbol, whose inner spaces may have been left out or doubled. */
export function symbolOf(matched: string | undefined): string {
  const found = matched ?? "";
  if (UNIT_BY_SYMBOL.has(found)) return found;
  const squeezed = found.replace(/\s/gu, "");
  return [...UNIT_BY_SYMBOL.keys()].find((key) => key.replace(/\s/gu, "") === squeezed) ?? found;
}

function moneyInWords(
  number: string | undefined,
  multiplier: string | undefined,
  symbol: string | undefined,
  before: string,
): string | undefined {
  const value = parseNumber(number ?? "");
  const currency = CURRENCY_BY_SYMBOL.get(symbol ?? "");
  if (!value || !currency) return undefined;
  const wanted = governedCase(before) ?? "nominative";
  const times = multiplier === undefined ? undefined : UNIT_BY_SYMBOL.get(multiplier);
  if (times) return `${spellQuantity(value, times, wanted)} ${currency.unit.plural[1]}`;
  return amount(value, currency, wanted);
}

function amount(value: WrittenNumber, { unit, hundredth }: Currency, wanted: Case): string {
  if (value.fraction?.length !== 2) return spellQuantity(value, unit, wanted);
  const whole = spellQuantity({ ...value, fraction: undefined }, unit, wanted);
  const hundredths = BigInt(value.fraction);
  if (hundredths === 0n) return whole;
  const small: WrittenNumber = { sign: "", whole: hundredths.toString(), fraction: undefined };
  return `${whole} ${spellNumber(small, hundredth.gender, wanted)} ${counted(hundredth, hundredths, wanted)}`;
}
