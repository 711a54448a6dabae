import { baseLanguage } from "../language.js";
import { ENGLISH } from "./english.js";
import { FRENCH } from "./french.js";
import { GERMAN } from "./german.js";
import { type Found, isJoined, type NumberGrammar, readCardinal, says } from "./grammar.js";
import { RUSSIAN } from "./russian.js";
import { SPANISH } from "./spanish.js";
import { type Word, wordsOf } from "./words.js";

const GRAMMARS: ReadonlyMap<string, NumberGrammar> = new Map([
  ["en", ENGLISH],
  ["de", GERMAN],
  ["fr", FRENCH],
  ["es", SPANISH],
  ["ru", RUSSIAN],
]);

/**
 * A text with the numbers that are written in words in digits: `turn it to fifty percent` becomes `turn it to 50%`.
 * Ordinals, fractions, and a lone "one" that counts nothing stay words. Pure.
 * @param language code; texts in languages whose numbers are not known stay as they are
 */
export function withDigits(text: string, language: string): string {
  const grammar = GRAMMARS.get(baseLanguage(language));
  if (!grammar) return text;
  const words = wordsOf(text);
  let written = "";
  let from = 0;
  for (let at = 0; at < words.length; ) {
    const found = readAny(grammar, words, at);
    const [first, last] = [words[at], words[(found?.next ?? 0) - 1]];
    if (found?.value !== undefined && first && last) {
      written += text.slice(from, first.start) + found.value;
      from = last.end;
    }
    at = found?.next ?? at + 1;
  }
  return written + text.slice(from);
}

/** What stands from this word on in digits; an undefined value for words that stay words. */
function readAny(
  grammar: NumberGrammar,
  words: readonly Word[],
  at: number,
): Found<string | undefined> | undefined {
  const time = grammar.clock(words, at);
  if (time) return time;
  const isMinus = grammar.minus.has(words[at]?.text ?? "") && isJoined(words, at + 1);
  const found = isMinus ? readNumber(grammar, words, at + 1) : undefined;
  if (found?.value !== undefined) return withPercent(grammar, words, { ...found, value: `-${found.value}` });
  const digits = /^\d+$/.test(words[at]?.text ?? "") ? { value: words[at]?.text, next: at + 1 } : undefined;
  return withPercent(grammar, words, digits ?? readNumber(grammar, words, at));
}

function readNumber(
  grammar: NumberGrammar,
  words: readonly Word[],
  at: number,
): Found<string | undefined> | undefined {
  const first = readCardinal(grammar, words, at);
  if (!first) return undefined;
  const run = [first, ...following(grammar, words, first)];
  const digits = run.map(({ value }) => value);
  if (run.length >= 3 && digits.every((digit) => digit < 10)) {
    return { value: digits.join(""), next: run.at(-1)?.next ?? first.next };
  }
  const [, second] = run;
  if (grammar.bareClock && second && run.length === 2 && isTime(first.value, second.value)) {
    return { value: `${first.value}:${second.value}`, next: second.next };
  }
  if (isOrdinal(grammar, words, first.next)) return { value: undefined, next: first.next };
  const isLone = first.next === at + 1 && grammar.ones.has(words[at]?.text ?? "");
  const decimals = readDecimals(grammar, words, first.next);
  if (decimals) {
    return { value: `${first.value}${grammar.decimalMark}${decimals.value}`, next: decimals.next };
  }
  if (isLone && run.length === 1 && !countsSomething(grammar, words, first.next))
    return { value: undefined, next: first.next };
  return { value: String(first.value), next: first.next };
}

/** The numbers that follow without anything between. */
function following(grammar: NumberGrammar, words: readonly Word[], first: Found): readonly Found[] {
  const run: Found[] = [];
  for (let last = first; isJoined(words, last.next); ) {
    const next = readCardinal(grammar, words, last.next);
    if (!next || isOrdinal(grammar, words, next.next)) break;
    run.push(next);
    last = next;
  }
  return run;
}

const isTime = (hour: number, minute: number): boolean => hour < 24 && minute >= 10 && minute < 60;

function isOrdinal(grammar: NumberGrammar, words: readonly Word[], at: number): boolean {
  const behind = grammar.and.has(words[at]?.text ?? "") && isJoined(words, at) ? at + 1 : at;
  return isJoined(words, behind) && grammar.isOrdinal(words, behind);
}

function countsSomething(grammar: NumberGrammar, words: readonly Word[], at: number): boolean {
  if (!isJoined(words, at)) return false;
  return grammar.unit.test(words[at]?.text ?? "") || percentAt(grammar, words, at) !== undefined;
}

/** The digits behind a decimal mark: one after the other, or as a number. */
function readDecimals(grammar: NumberGrammar, words: readonly Word[], at: number): Found<string> | undefined {
  if (!grammar.point.has(words[at]?.text ?? "") || !isJoined(words, at) || !isJoined(words, at + 1))
    return undefined;
  const first = readCardinal(grammar, words, at + 1);
  if (!first) return undefined;
  const run = [first, ...following(grammar, words, first)];
  const digits = run.every(({ value }) => value < 10) ? run : [first];
  return { value: digits.map(({ value }) => value).join(""), next: digits.at(-1)?.next ?? first.next };
}

function withPercent(
  grammar: NumberGrammar,
  words: readonly Word[],
  found: Found<string | undefined> | undefined,
): Found<string | undefined> | undefined {
  if (found?.value === undefined || !isJoined(words, found.next)) return found;
  const behind = percentAt(grammar, words, found.next);
  return behind === undefined ? found : { value: `${found.value}%`, next: behind };
}

/** The index behind the word for percent, if that stands here. */
function percentAt({ percent }: NumberGrammar, words: readonly Word[], at: number): number | undefined {
  const spoken = percent.find((texts) => says(words, at, ...texts));
  return spoken && at + spoken.length;
}
