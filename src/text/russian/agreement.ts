import { CASES, type Case, countForm, type Gender, governedCase } from "./grammar.js";
import type { Noun } from "./noun.js";
import { NOUN_BY_FORM } from "./nouns.js";
import { looksGenitive, type WrittenNumber } from "./quantity.js";

/** How a number must look next to the words around it. */
export interface Agreement {
  readonly gender: Gender;
  readonly case: Case;
  /** The noun after the number, when it is one of the known ones. */
  readonly noun?: Noun;
}

/** Words that follow numbers without being counted by them. */
const NOT_COUNTED = new Set(
  "и или а но на в за по под над при от до из с у к о об да не ни это они мы вы если или либо плюс минус или".split(
    " ",
  ),
);

/** Endings no other case shares, so that an unknown noun tells its case by itself. */
const CASE_BY_ENDING: readonly (readonly [RegExp, Case])[] = [
  [/[ая]ми$/, "instrumental"],
  [/[ая]х$/, "prepositional"],
  [/[ая]м$/, "dative"],
];

/**
 * Gender and case of a number, from the words on both sides: the noun's own form tells most, a preposition the rest.
 * @param before text left of the number
 * @param after text right of it
 */
export function agree(value: WrittenNumber, before: string, after: string): Agreement {
  const governed = governedCase(before) ?? "nominative";
  const words = /^\s+(\p{L}[\p{L}-]*)(?:\s+(\p{L}[\p{L}-]*))?/u.exec(after);
  const first = words?.[1]?.toLowerCase() ?? "";
  if (first === "" || NOT_COUNTED.has(first)) return { gender: "masculine", case: governed };
  // "2 новых окна": the adjective stands between the number and the noun.
  const adjective =
    /(?:ый|ий|ой|ая|яя|ое|ее|ые|ие|ых|их|ым|им|ыми|ими|ую|ого|ому)$/.test(first) && first.length > 4;
  const word = adjective && words?.[2] ? words[2].toLowerCase() : first;
  const known = NOUN_BY_FORM.get(word);
  if (known) return { gender: known.gender, case: caseOfKnown(value, word, known, governed), noun: known };
  return { gender: genderOfUnknown(value, word, first), case: caseOfUnknown(value, word, governed) };
}

function caseOfKnown(value: WrittenNumber, form: string, what: Noun, governed: Case): Case {
  if (looksGenitive(value, form, what)) return "genitive";
  const one = value.fraction === undefined && countForm(BigInt(value.whole)) === "one";
  const all = one ? what.singular : what.plural;
  const possible = CASES.filter((_, index) => all[index] === form);
  if (possible.includes(governed)) return governed;
  const oblique = possible.filter((wanted) => !["nominative", "genitive"].includes(wanted));
  if (one) return oblique[0] ?? possible[0] ?? governed;
  return oblique.find((wanted) => wanted !== "accusative") ?? governed;
}

function caseOfUnknown(value: WrittenNumber, word: string, governed: Case): Case {
  const one = value.fraction === undefined && countForm(BigInt(value.whole)) === "one";
  if (one) return /[ую]$/.test(word) && governed !== "dative" ? "accusative" : governed;
  return word.length > 3 ? (CASE_BY_ENDING.find(([ending]) => ending.test(word))?.[1] ?? governed) : governed;
}

/** With 1 the noun is a nominative or accusative singular, with 2 a genitive singular: the ending tells the gender. */
function genderOfUnknown(value: WrittenNumber, word: string, first: string): Gender {
  const form = value.fraction === undefined ? countForm(BigInt(value.whole)) : "many";
  if (form === "one") {
    if (/[аяую]$/.test(word) || /(?:ая|яя|ую)$/.test(first)) return "feminine";
    return /[оеё]$/.test(word) ? "neuter" : "masculine";
  }
  const feminine = form === "few" && (/[ыи]$/.test(word) || /(?:ые|ие)$/.test(first));
  return feminine ? "feminine" : "masculine";
}
