import { counted, type Found, isJoined, type NumberGrammar, says, valueIn } from "./grammar.js";
import type { Word } from "./words.js";

const UNITS = counted(0, 1, "zéro un/une deux trois quatre cinq six sept huit neuf");
const TEENS = counted(10, 1, "dix onze douze treize quatorze quinze seize");
const TENS = counted(
  20,
  10,
  "vingt/vingts trente quarante cinquante soixante septante huitante/octante nonante",
);

/** 1 to 19: seventeen to nineteen are said as ten and seven. */
function below20(words: readonly Word[], at: number): Found | undefined {
  const teen = valueIn(TEENS, words[at]);
  const unit = valueIn(UNITS, words[teen === 10 ? at + 1 : at]);
  if (teen === 10 && unit !== undefined && unit >= 7 && isJoined(words, at + 1)) {
    return { value: 10 + unit, next: at + 2 };
  }
  const value = teen ?? unit;
  return value === undefined ? undefined : { value, next: at + 1 };
}

function lead(words: readonly Word[], at: number): Found | undefined {
  const isEighty = says(words, at, "quatre", "vingt") || says(words, at, "quatre", "vingts");
  const tens = isEighty ? 80 : valueIn(TENS, words[at]);
  if (tens === undefined) return below20(words, at);
  const behind = isEighty ? at + 2 : at + 1;
  // "soixante et onze", "vingt et un", but not "deux et un".
  const restAt = says(words, behind, "et") && isJoined(words, behind) ? behind + 1 : behind;
  const rest = isJoined(words, restAt) ? below20(words, restAt) : undefined;
  const most = tens === 60 || tens === 80 ? 19 : 9;
  const fits = rest !== undefined && rest.value > 0 && rest.value <= most;
  const isAnd = restAt > behind;
  if (!fits || (isAnd && rest.value !== 1 && rest.value !== 11)) return { value: tens, next: behind };
  return { value: tens + rest.value, next: rest.next };
}

const isHours = (words: readonly Word[], at: number): boolean =>
  isJoined(words, at) && /^heures?$/.test(words[at]?.text ?? "");
const time = (hour: number, minute: number): string => `${hour}h${String(minute).padStart(2, "0")}`;

function clock(words: readonly Word[], at: number): Found<string> | undefined {
  const hour = lead(words, at);
  if (!hour || hour.value > 24 || !isHours(words, hour.next)) return undefined;
  const next = hour.next + 1;
  if (says(words, next, "et", "demie")) return { value: time(hour.value, 30), next: next + 2 };
  if (says(words, next, "et", "quart")) return { value: time(hour.value, 15), next: next + 2 };
  if (says(words, next, "moins", "le", "quart")) {
    return { value: time((hour.value + 23) % 24, 45), next: next + 3 };
  }
  const minute = isJoined(words, next) ? lead(words, next) : undefined;
  // With its unit it is a length of time.
  if (!minute || minute.value > 59 || /^(?:minutes?|degrés?)$/.test(words[minute.next]?.text ?? ""))
    return undefined;
  return { value: time(hour.value, minute.value), next: minute.next };
}

/** Numbers as French says them, in Belgium and Switzerland too. */
export const FRENCH: NumberGrammar = {
  lead,
  hundred: new Set(["cent", "cents"]),
  hundreds: {},
  scales: { mille: 1_000, million: 1_000_000, millions: 1_000_000 },
  and: new Set(["et"]),
  article: new Set(),
  ones: new Set(["un", "une"]),
  unit: /^(?:degrés?|heures?)$/,
  percent: [["pourcent"], ["pourcents"], ["pour", "cent"]],
  point: new Set(["virgule"]),
  decimalMark: ",",
  minus: new Set(["moins"]),
  isOrdinal: (words, at) => /ièmes?$/.test(words[at]?.text ?? ""),
  clock,
  bareClock: false,
};
