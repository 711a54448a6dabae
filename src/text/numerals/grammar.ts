import type { Word } from "./words.js";

/** A number, or its digits, read from words; `next` is the index behind its last word. */
export interface Found<Value = number> {
  readonly value: Value;
  readonly next: number;
}

/** How a language says numbers. All words are in small letters, with е for ё. */
export interface NumberGrammar {
  /** Reads what one word, or few, say without words for hundreds and more: 0 to 99 in most languages. */
  readonly lead: (words: readonly Word[], at: number) => Found | undefined;
  /** Words that make hundreds of the number before them; alone they are 100. */
  readonly hundred: ReadonlySet<string>;
  /** Words that are hundreds by themselves. */
  readonly hundreds: Readonly<Record<string, number>>;
  readonly scales: Readonly<Record<string, number>>;
  /** May stand inside a number, behind hundreds and thousands. */
  readonly and: ReadonlySet<string>;
  /** An article that is the number before hundreds and thousands: "a hundred". */
  readonly article: ReadonlySet<string>;
  /** Words for one that are pronouns or articles as well: numbers only before a unit or inside a larger number. */
  readonly ones: ReadonlySet<string>;
  /** What is counted where a lone "one" is a number. */
  readonly unit: RegExp;
  /** Each as the words it consists of. */
  readonly percent: readonly (readonly string[])[];
  /** Words between a whole number and its decimals. */
  readonly point: ReadonlySet<string>;
  readonly decimalMark: "." | ",";
  readonly minus: ReadonlySet<string>;
  /** True for a word that makes an ordinal or a fraction of the number before it, which is then left alone. */
  readonly isOrdinal: (words: readonly Word[], at: number) => boolean;
  /** Reads a time of day in the manner of the language: "half past seven". */
  readonly clock: (words: readonly Word[], at: number) => Found<string> | undefined;
  /** Whether an hour and minutes follow one another without a word between: "seven thirty". */
  readonly bareClock: boolean;
}

/** Words by value, listed as `zero one two`; the first is `from`. */
export function counted(from: number, step: number, list: string): Readonly<Record<string, number>> {
  return Object.fromEntries(
    list.split(" ").flatMap((forms, index) => forms.split("/").map((form) => [form, from + index * step])),
  );
}

/** The value of a word; only of own members, as words may be called `constructor`. */
export function valueIn(table: Readonly<Record<string, number>>, word: Word | undefined): number | undefined {
  return word && Object.hasOwn(table, word.text) ? table[word.text] : undefined;
}

/** True when the word at this place may belong to the same number as the one before. */
export const isJoined = (words: readonly Word[], at: number): boolean => words[at]?.joined ?? false;

export const says = (words: readonly Word[], at: number, ...texts: readonly string[]): boolean =>
  texts.every(
    (text, index) => words[at + index]?.text === text && (index === 0 || isJoined(words, at + index)),
  );

/** Reads a cardinal number from this word on, as far as it goes. */
export function readCardinal(grammar: NumberGrammar, words: readonly Word[], at: number): Found | undefined {
  let total: number | undefined;
  let next = at;
  let smallestScale = Number.POSITIVE_INFINITY;
  for (;;) {
    const group = readGroup(grammar, words, total === undefined ? next : behindAnd(grammar, words, next));
    const behind = group?.next ?? articleBefore(grammar, words, next);
    const scale = group || total === undefined ? valueIn(grammar.scales, words[behind]) : undefined;
    const isAlone = group === undefined && behind === next;
    const fits = scale !== undefined && scale < smallestScale && (behind === at || isJoined(words, behind));
    // "thousand" is a number of its own, "million" is not.
    if (fits && !(isAlone && scale > 1_000)) {
      total = (total ?? 0) + (group?.value ?? 1) * scale;
      next = behind + 1;
      smallestScale = scale;
      continue;
    }
    if (group && group.value < smallestScale) return { value: (total ?? 0) + group.value, next: group.next };
    return total === undefined ? undefined : { value: total, next };
  }
}

/** A number below a thousand, or whatever `lead` reads at once. */
function readGroup(grammar: NumberGrammar, words: readonly Word[], at: number): Found | undefined {
  const { hundred, hundreds, lead } = grammar;
  const isHundred = (index: number) => hundred.has(words[index]?.text ?? "");
  const first = lead(words, at);
  let found: Found | undefined;
  const fixed = valueIn(hundreds, words[at]);
  if (fixed !== undefined) found = { value: fixed, next: at + 1 };
  else if (
    first &&
    first.value > 0 &&
    first.value < 100 &&
    isHundred(first.next) &&
    isJoined(words, first.next)
  ) {
    found = { value: first.value * 100, next: first.next + 1 };
  } else if (isHundred(at)) found = { value: 100, next: at + 1 };
  else if (grammar.article.has(words[at]?.text ?? "") && isHundred(at + 1) && isJoined(words, at + 1)) {
    found = { value: 100, next: at + 2 };
  } else return first;
  const restAt = behindAnd(grammar, words, found.next);
  const rest = isJoined(words, restAt) ? lead(words, restAt) : undefined;
  // "one hundred and two hundred" are two numbers.
  if (!rest || rest.value === 0 || rest.value > 99 || isHundred(rest.next)) return found;
  return { value: found.value + rest.value, next: rest.next };
}

function behindAnd({ and }: NumberGrammar, words: readonly Word[], at: number): number {
  return isJoined(words, at) && and.has(words[at]?.text ?? "") && isJoined(words, at + 1) ? at + 1 : at;
}

/** Behind an article that stands before a thousand. */
function articleBefore({ article, scales }: NumberGrammar, words: readonly Word[], at: number): number {
  const stands = article.has(words[at]?.text ?? "") && isJoined(words, at + 1);
  return stands && valueIn(scales, words[at + 1]) !== undefined ? at + 1 : at;
}
