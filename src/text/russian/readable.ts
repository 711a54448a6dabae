import { spellOutRussian } from "./spell-out.js";
import { transliterate } from "./transliterate.js";

/** Characters a Russian voice without digits and Latin letters can make something of. */
const KEPT = /[^\p{Script=Cyrillic}+\s.,!?;:…«»"'()—–-]/gu;

/**
 * Russian text in nothing but Cyrillic letters and punctuation: numbers and signs in words, Latin in Cyrillic.
 * A `+` in front of a vowel stays: it marks the stress.
 */
export function readableRussian(text: string): string {
  return transliterate(spellOutRussian(text))
    .replace(KEPT, " ")
    .replace(/\+(?![аеёиоуыэюя])/giu, " ")
    .replace(/\s+/gu, " ")
    .trim();
}
