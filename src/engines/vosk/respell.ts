import { soundDistance } from "../../home/match/sound-distance.js";
import { spellOut } from "../../text/spell-out.js";
import type { Vocabulary } from "./grammar.js";

/** How a word outside the vocabulary can be said in words of it. */
export interface Respelling {
  readonly words: readonly string[];
  /** True when it is said just so, in parts: `EcoBee` as `eco bee`. False for words that merely sound alike. */
  readonly exact: boolean;
}

/** Shortest part a word is cut into, in letters. Shorter ones are known by every model and fit anything. */
const SHORTEST_PART = 3;
const MOST_PARTS = 4;
const LONGEST_ABBREVIATION = 5;
/** Most letters that are tried in other spellings, and most spellings tried. */
const MAX_VARIANTS = 400;
/** How much a word that stands for another may differ from it in sound. */
const ALIKE = 0.34;

/** Letters for one another in other spellings of the same sound, for names that are foreign or invented. */
const SWAPS: readonly (readonly [string, string])[] = [
  ["ph", "f"],
  ["f", "ph"],
  ["ck", "k"],
  ["c", "k"],
  ["k", "c"],
  ["k", "ck"],
  ["qu", "k"],
  ["x", "ks"],
  ["z", "s"],
  ["s", "z"],
  ["y", "i"],
  ["i", "y"],
  ["i", "ie"],
  ["ee", "ea"],
  ["ee", "i"],
  ["oo", "u"],
  ["u", "oo"],
  ["ou", "oo"],
  ["ae", "e"],
  ["ä", "a"],
  ["ö", "o"],
  ["ü", "u"],
  ["é", "e"],
  ["è", "e"],
  ["th", "t"],
  ["t", "th"],
  ["sch", "sh"],
  ["sh", "ch"],
  ["w", "v"],
  ["v", "w"],
  ["ll", "l"],
  ["l", "ll"],
  ["tt", "t"],
  ["t", "tt"],
  ["nn", "n"],
  ["n", "nn"],
  ["ss", "s"],
  ["s", "ss"],
  ["pp", "p"],
  ["rr", "r"],
];

/**
 * A word of a name in the words of a model: cut at capitals, digits and hyphens, spelled letter by letter when it is an
 * abbreviation, cut into known words, or written as it sounds.
 * @returns undefined when nothing of that gives words the model knows
 */
export function respell(token: string, language: string, vocabulary: Vocabulary): Respelling | undefined {
  const parts = spellOut(cutParts(token), language)
    .split(/[\s-]+/)
    .filter((part) => part !== "");
  const words: string[] = [];
  let exact = true;
  for (const part of parts) {
    const known =
      knownForm(part, vocabulary) ?? letters(part, vocabulary) ?? segments(part.toLowerCase(), vocabulary);
    const found = known ?? soundAlike(part.toLowerCase(), vocabulary);
    if (!found) return undefined;
    if (!known) exact = false;
    words.push(...found);
  }
  return words.length === 0 ? undefined : { words, exact };
}

/** `EcoBee` as `Eco Bee`, `LEDStrip2` as `LED Strip 2`. */
const cutParts = (token: string): string =>
  token
    .replace(/(?<=\p{Ll})(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/gu, " ")
    .replace(/(?<=\p{L})(?=\d)|(?<=\d)(?=\p{L})/gu, " ")
    .replace(/[_./+&]+/g, " ");

/** The word in the letter case the model has it in. */
export function inKnownCase(token: string, { has }: Vocabulary): string | undefined {
  const lower = token.toLowerCase();
  const capitalised = lower.charAt(0).toUpperCase() + lower.slice(1);
  return [lower, token, capitalised, token.toUpperCase()].find(has);
}

function knownForm(part: string, vocabulary: Vocabulary): readonly string[] | undefined {
  const known = inKnownCase(part, vocabulary);
  return known === undefined ? undefined : [known];
}

/** An abbreviation as its letters, where the model has words for letters. */
export function letters(part: string, vocabulary: Vocabulary): readonly string[] | undefined {
  const capitals = /^\p{Lu}+$/u.test(part) || !/[aeiouyäöüéаеёиоуыэюя]/iu.test(part);
  if (!capitals || part.length > LONGEST_ABBREVIATION) return undefined;
  const spelled = [...part.toLowerCase()].map((letter) =>
    [`${letter}.`, letter, letter.toUpperCase()].find((form) => vocabulary.has(form)),
  );
  return spelled.every((letter) => letter !== undefined) ? spelled : undefined;
}

/** The word as the fewest known words one after another, the longest in front. */
function segments(word: string, { has }: Vocabulary): readonly string[] | undefined {
  /** By length of the part cut so far: the best way to cut it. */
  const best: (readonly string[] | undefined)[] = [[]];
  for (let end = 1; end <= word.length; end++) {
    for (let start = 0; start <= end - SHORTEST_PART; start++) {
      const head = best[start];
      const piece = word.slice(start, end);
      if (!head || head.length >= MOST_PARTS || !has(piece)) continue;
      if (!best[end] || head.length + 1 < (best[end]?.length ?? 0)) best[end] = [...head, piece];
    }
  }
  return best[word.length];
}

/** A known word, or known words, that differ only in how the same sound is written. */
function soundAlike(word: string, vocabulary: Vocabulary): readonly string[] | undefined {
  const variants = new Set([word]);
  for (const variant of variants) {
    if (variants.size >= MAX_VARIANTS) break;
    for (const [from, to] of SWAPS) {
      for (let at = variant.indexOf(from); at >= 0; at = variant.indexOf(from, at + 1)) {
        variants.add(variant.slice(0, at) + to + variant.slice(at + from.length));
      }
    }
    for (const end of ["e", "s"]) {
      variants.add(variant.endsWith(end) ? variant.slice(0, -1) : variant + end);
    }
  }
  let nearest: { words: readonly string[]; distance: number } | undefined;
  for (const variant of variants) {
    const words = vocabulary.has(variant) ? [variant] : segments(variant, vocabulary);
    if (!words) continue;
    const distance = soundDistance(word, words.join("")) + 0.05 * (words.length - 1);
    if (distance <= ALIKE && distance < (nearest?.distance ?? 1)) nearest = { words, distance };
  }
  return nearest?.words;
}
