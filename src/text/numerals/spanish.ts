import { counted, type Found, isJoined, type NumberGrammar, says, valueIn } from "./grammar.js";
import type { Word } from "./words.js";

const UNITS = counted(0, 1, "cero un/uno/una dos tres cuatro cinco seis siete ocho nueve");
const WHOLE = counted(
  10,
  1,
  "diez once doce trece catorce quince dieciséis/dieciseis diecisiete dieciocho diecinueve veinte " +
    "veintiuno/veintiún/veintiuna/veintiun veintidós/veintidos veintitrés/veintitres veinticuatro veinticinco " +
    "veintiséis/veintiseis veintisiete veintiocho veintinueve",
);
const TENS = counted(30, 10, "treinta cuarenta cincuenta sesenta setenta ochenta noventa");
const HUNDREDS = "doscient trescient cuatrocient quinient seiscient setecient ochocient novecient".split(" ");

function lead(words: readonly Word[], at: number): Found | undefined {
  const tens = valueIn(TENS, words[at]);
  if (tens === undefined) {
    const value = valueIn(WHOLE, words[at]) ?? valueIn(UNITS, words[at]);
    return value === undefined ? undefined : { value, next: at + 1 };
  }
  const unit = valueIn(UNITS, words[at + 2]);
  const isAnd = says(words, at + 1, "y") && isJoined(words, at + 1) && isJoined(words, at + 2);
  return isAnd && unit ? { value: tens + unit, next: at + 3 } : { value: tens, next: at + 1 };
}

const time = (hour: number, minute: number): string => `${hour}:${String(minute).padStart(2, "0")}`;
const before = (hour: number): number => (hour === 1 ? 12 : hour - 1);

/** "las siete y media": only behind an article, which stays; else `siete y veinte` may be anything. */
function clock(words: readonly Word[], at: number): Found<string> | undefined {
  if (!isJoined(words, at) || !/^las?$/.test(words[at - 1]?.text ?? "")) return undefined;
  const hour = lead(words, at);
  if (!hour || hour.value < 1 || hour.value > 24) return undefined;
  const { value, next } = hour;
  if (says(words, next, "y", "media")) return { value: time(value, 30), next: next + 2 };
  if (says(words, next, "y", "cuarto")) return { value: time(value, 15), next: next + 2 };
  if (says(words, next, "menos", "cuarto")) return { value: time(before(value), 45), next: next + 2 };
  const minuteAt = says(words, next, "y") && isJoined(words, next) ? next + 1 : next;
  const minute = isJoined(words, minuteAt) ? lead(words, minuteAt) : undefined;
  if (!minute || minute.value === 0 || minute.value > 59) return undefined;
  return { value: time(value, minute.value), next: minute.next };
}

/** Numbers as Spanish says them. Its ordinals have nothing in common with them. */
export const SPANISH: NumberGrammar = {
  lead,
  hundred: new Set(),
  hundreds: {
    cien: 100,
    ciento: 100,
    ...Object.fromEntries(
      HUNDREDS.flatMap((stem, index) => [`${stem}os`, `${stem}as`].map((word) => [word, 200 + 100 * index])),
    ),
  },
  scales: { mil: 1_000, millón: 1_000_000, millones: 1_000_000 },
  and: new Set(),
  article: new Set(),
  ones: new Set(["un", "uno", "una"]),
  unit: /^(?:grados?|minutos?|segundos?)$/,
  percent: [["por", "ciento"], ["porciento"]],
  point: new Set(["coma", "punto"]),
  decimalMark: ",",
  minus: new Set(["menos"]),
  isOrdinal: (words, at) => /^(?:tercios?|cuartos?|quintos?|décimos?)$/.test(words[at]?.text ?? ""),
  clock,
  bareClock: false,
};
