import { counted, type Found, isJoined, type NumberGrammar, says, valueIn } from "./grammar.js";
import type { Word } from "./words.js";

const UNITS = counted(0, 1, "zero one two three four five six seven eight nine");
const TEENS = counted(
  10,
  1,
  "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen",
);
const TENS = counted(20, 10, "twenty thirty forty/fourty fifty sixty seventy eighty ninety");

function lead(words: readonly Word[], at: number): Found | undefined {
  const tens = valueIn(TENS, words[at]);
  const unit = valueIn(UNITS, words[tens === undefined ? at : at + 1]);
  if (tens !== undefined) {
    return unit && isJoined(words, at + 1)
      ? { value: tens + unit, next: at + 2 }
      : { value: tens, next: at + 1 };
  }
  const value = valueIn(TEENS, words[at]) ?? unit;
  return value === undefined ? undefined : { value, next: at + 1 };
}

const ORDINALS =
  /^(?:first|thirds?|fourths?|fifths?|sixths?|sevenths?|eighths?|ninths?|tenths?|\w+teenths?|\w+tieths?|hundredths?|thousandths?|halves|quarters?)$/;

/** A "twenty second timer" takes twenty seconds; "the twenty second" and "twenty second of May" are days. */
function isOrdinal(words: readonly Word[], at: number): boolean {
  const text = words[at]?.text ?? "";
  if (text !== "second") return ORDINALS.test(text);
  return (
    says(words, at + 1, "of") || words.slice(Math.max(0, at - 3), at).some((word) => word.text === "the")
  );
}

function hourAt(words: readonly Word[], at: number): Found | undefined {
  const hour = isJoined(words, at) ? lead(words, at) : undefined;
  return hour && hour.value >= 1 && hour.value <= 12 ? hour : undefined;
}

const time = (hour: number, minute: number): string => `${hour}:${String(minute).padStart(2, "0")}`;

function clock(words: readonly Word[], at: number): Found<string> | undefined {
  if (says(words, at, "half", "past")) {
    const hour = hourAt(words, at + 2);
    return hour && { value: time(hour.value, 30), next: hour.next };
  }
  const from = says(words, at, "a", "quarter") ? at + 1 : at;
  if (says(words, from, "quarter", "past")) {
    const hour = hourAt(words, from + 2);
    return hour && { value: time(hour.value, 15), next: hour.next };
  }
  if (says(words, from, "quarter", "to")) {
    const hour = hourAt(words, from + 2);
    return hour && { value: time(hour.value === 1 ? 12 : hour.value - 1, 45), next: hour.next };
  }
  const first = lead(words, at);
  if (!first) return undefined;
  if (first.value > 0 && first.value < 30 && says(words, first.next, "past") && isJoined(words, first.next)) {
    const hour = hourAt(words, first.next + 1);
    return hour && { value: time(hour.value, first.value), next: hour.next };
  }
  // "seven oh five"
  const minute = valueIn(UNITS, words[first.next + 1]);
  const isOh =
    says(words, first.next, "oh") && isJoined(words, first.next) && isJoined(words, first.next + 1);
  if (isOh && minute && first.value >= 1 && first.value <= 12) {
    return { value: time(first.value, minute), next: first.next + 2 };
  }
  return undefined;
}

/** Numbers as English says them. */
export const ENGLISH: NumberGrammar = {
  lead,
  hundred: new Set(["hundred"]),
  hundreds: {},
  scales: { thousand: 1_000, million: 1_000_000, billion: 1_000_000_000 },
  and: new Set(["and"]),
  article: new Set(["a"]),
  ones: new Set(["one"]),
  unit: /^(?:degrees?|seconds?|minutes?|hours?|days?|weeks?|o'clock|am|pm|kelvin|volts?|watts?|euros?|dollars?)$/,
  percent: [["percent"], ["per", "cent"]],
  point: new Set(["point"]),
  decimalMark: ".",
  minus: new Set(["minus"]),
  isOrdinal,
  clock,
  bareClock: true,
};
