import { baseLanguage } from "./language.js";
import { spellOut } from "./spell-out.js";

/** How a recognised text differs from what was said. */
export interface WordErrors {
  readonly substitutions: number;
  readonly insertions: number;
  readonly deletions: number;
  /** Words in the reference. */
  readonly words: number;
  /** Errors per reference word, 0 for a perfect result; may exceed 1. With an empty reference: 0 or 1. */
  readonly rate: number;
}

/**
 * Words of a text for comparison: lower case, numbers spelled out, ё as е, no punctuation, no apostrophes.
 * @param language for the numbers; others only lose their punctuation
 */
export function comparableWords(text: string, language: string): readonly string[] {
  return oneSpelling(spellOut(years(text.normalize("NFC"), language), language).toLowerCase(), language)
    .replaceAll("ё", "е")
    .replace(/['’ʼ`]/gu, "")
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .filter((word) => word !== "");
}

/** English says years in two halves: 1455 is fourteen fifty-five. */
function years(text: string, language: string): string {
  return baseLanguage(language) === "en" ? text.replace(/\b(1[1-9])([1-9]\d)\b/gu, "$1 $2") : text;
}

/** French writes percent in one word or in two. */
function oneSpelling(text: string, language: string): string {
  return baseLanguage(language) === "fr" ? text.replace(/\bpour cent\b/gu, "pourcent") : text;
}

/** The fewest word edits between a reference and a hypothesis, counted by kind. */
export function wordErrors(reference: string, hypothesis: string, language: string): WordErrors {
  const said = comparableWords(reference, language);
  const heard = comparableWords(hypothesis, language);
  let row: readonly Edits[] = [
    NO_EDITS,
    ...heard.map((_, index) => ({ ...NO_EDITS, insertions: index + 1 })),
  ];
  said.forEach((word, index) => {
    const next: Edits[] = [{ ...NO_EDITS, deletions: index + 1 }];
    heard.forEach((other, at) => {
      const diagonal = row[at] ?? NO_EDITS;
      const same = word === other ? diagonal : { ...diagonal, substitutions: diagonal.substitutions + 1 };
      const above = row[at + 1] ?? NO_EDITS;
      const left = next[at] ?? NO_EDITS;
      next.push(
        fewest(
          same,
          { ...above, deletions: above.deletions + 1 },
          { ...left, insertions: left.insertions + 1 },
        ),
      );
    });
    row = next;
  });
  const edits = row[heard.length] ?? NO_EDITS;
  const rate = said.length > 0 ? total(edits) / said.length : Math.min(1, heard.length);
  return { ...edits, words: said.length, rate };
}

interface Edits {
  readonly substitutions: number;
  readonly insertions: number;
  readonly deletions: number;
}

const NO_EDITS: Edits = { substitutions: 0, insertions: 0, deletions: 0 };
const total = (edits: Edits): number => edits.substitutions + edits.insertions + edits.deletions;

function fewest(first: Edits, ...others: readonly Edits[]): Edits {
  return others.reduce((best, edits) => (total(edits) < total(best) ? edits : best), first);
}
