import type { Rewrite } from "../rewrite.js";
import { agree } from "./agreement.js";
import { type Case, countForm, type Gender, governedCase } from "./grammar.js";
import type { Noun } from "./noun.js";
import { NOUN_BY_FORM } from "./nouns.js";
import { symbolOf, UNIT_PATTERN } from "./quantities.js";
import { NUMBER, parseNumber, spellNumber, spellQuantity, type WrittenNumber } from "./quantity.js";
import { UNIT_BY_SYMBOL } from "./units.js";

const BETWEEN = "\\s?(?:[-–—−‑]|\\.\\.\\.?|…)\\s?";
const SECOND = "[-−+]?\\d+(?:[.,]\\d+)?(?![.,]?\\d)";
/** `1-2-3` is a score, a code or a telephone number, not a range. */
const ALONE_BEFORE = "(?<!\\d\\s?[-–—])";
const ALONE_AFTER = "(?!\\s?[-–—]\\s?\\d)";

/**
 * Ranges: "от пятнадцати до двадцати градусов" where the counted noun is known and nothing else governs the number,
 * else "пятнадцать тире двадцать", which fits any noun as it stands.
 */
export const RANGES: readonly Rewrite[] = [
  {
    pattern: new RegExp(
      `${ALONE_BEFORE}(${NUMBER})${BETWEEN}(${SECOND})${ALONE_AFTER}(?:\\s?${UNIT_PATTERN}|(\\s+)(\\p{Script=Cyrillic}+))?`,
      "gu",
    ),
    say: ([all, first, second, symbol, space, word], { before }) => {
      const [from, to] = [parseNumber(first ?? ""), parseNumber(second ?? "")];
      if (!from || !to || (/\d\s[-–—−]\s/u.test(all ?? "") && !isAscending(from, to))) return undefined;
      const unit = symbol === undefined ? undefined : UNIT_BY_SYMBOL.get(symbolOf(symbol));
      const said = rangeInWords(
        from,
        to,
        unit ?? nounOf(word),
        unit ? "" : (word ?? ""),
        caseOf(to, before, unit ? undefined : word),
      );
      return said.complete || word === undefined ? said.words : `${said.words}${space}${word}`;
    },
  },
];

/** The case a neighbour asks for, on either side; undefined when none does. */
function caseOf(to: WrittenNumber, before: string, word: string | undefined): Case | undefined {
  const wanted = word === undefined ? governedCase(before) : agree(to, before, ` ${word}`).case;
  return wanted === "nominative" ? undefined : wanted;
}

interface SpokenRange {
  readonly words: string;
  /** Whether the counted noun is in the words already. */
  readonly complete: boolean;
}

function rangeInWords(
  from: WrittenNumber,
  to: WrittenNumber,
  what: Noun | undefined,
  word: string,
  governed: Case | undefined,
): SpokenRange {
  const gender: Gender = what?.gender ?? "masculine";
  const symbol = what !== undefined && word === "";
  if (governed || !isAscending(from, to) || !(what || fitsGenitive(to, word))) {
    const wanted = governed ?? "nominative";
    const last = symbol ? spellQuantity(to, what, wanted) : spellNumber(to, gender, wanted);
    return { words: `${spellNumber(from, gender, wanted)} тире ${last}`, complete: symbol };
  }
  const last = what ? spellQuantity(to, what, "genitive") : spellNumber(to, gender, "genitive");
  return { words: `от ${spellNumber(from, gender, "genitive")} до ${last}`, complete: what !== undefined };
}

const nounOf = (word: string | undefined): Noun | undefined => {
  const known = NOUN_BY_FORM.get(word?.toLowerCase() ?? "");
  // In another case ("15-20 минутам") the noun itself must stay.
  return known &&
    [known.few, known.singular[0], known.singular[3], known.plural[1]].includes(word?.toLowerCase() ?? "")
    ? known
    : undefined;
};

/** Whether "от … до …" leaves the word after it correct: it stands in the genitive already, or there is none. */
function fitsGenitive(to: WrittenNumber, word: string): boolean {
  if (word === "") return true;
  if (to.fraction !== undefined || countForm(BigInt(to.whole)) !== "many") return false;
  return /(?:ов|ев|ей|ий|[бвгджзклмнпрстфхцчшщь])$/.test(word);
}

function isAscending(from: WrittenNumber, to: WrittenNumber): boolean {
  return toNumber(from) < toNumber(to) || (from.sign === "минус " && to.sign === "минус ");
}

function toNumber({ sign, whole, fraction }: WrittenNumber): number {
  return Number(`${sign === "минус " ? "-" : ""}${whole}.${fraction ?? "0"}`);
}
