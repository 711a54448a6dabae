import { type Found, isJoined, type NumberGrammar, says } from "./grammar.js";
import type { Word } from "./words.js";

const SMALL =
  "null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn"
    .split(" ")
    .map((word, value) => [word, value] as const);
const TENS = "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig".split(" ");
const BELOW_100: ReadonlyMap<string, number> = new Map([
  ...SMALL,
  ["zwo", 2],
  ["ein", 1],
  ...TENS.flatMap((ten, index) => {
    const value = 20 + 10 * index;
    const joined = SMALL.slice(1, 10).map(
      ([unit, more]) => [`${more === 1 ? "ein" : unit}und${ten}`, value + more] as const,
    );
    return [[ten, value] as const, ...joined];
  }),
]);

/** The value of a number written in one word, as German does. */
function wordValue(word: string): number | undefined {
  const plain = word.replaceAll("dreissig", "dreißig").replaceAll("zwo", "zwei");
  return partValue(plain, "tausend", 1_000, belowThousand);
}

function belowThousand(word: string): number | undefined {
  return partValue(word, "hundert", 100, (part) => BELOW_100.get(part));
}

/** Splits `zweihundertfünf` at its `hundert`: what stands before is multiplied, what follows added. */
function partValue(
  word: string,
  split: string,
  factor: number,
  below: (part: string) => number | undefined,
): number | undefined {
  const at = word.indexOf(split);
  if (at < 0) return below(word);
  const [before, behind] = [word.slice(0, at), word.slice(at + split.length).replace(/^und(?=ein)/, "")];
  const many = before === "" ? 1 : below(before);
  const rest = behind === "" ? 0 : below(behind);
  return many === undefined || rest === undefined ? undefined : many * factor + rest;
}

function lead(words: readonly Word[], at: number): Found | undefined {
  const value = wordValue(words[at]?.text ?? "");
  return value === undefined ? undefined : { value, next: at + 1 };
}

function hourAt(words: readonly Word[], at: number): Found | undefined {
  const hour = isJoined(words, at) ? lead(words, at) : undefined;
  return hour && hour.value >= 1 && hour.value <= 24 ? hour : undefined;
}

const before = (hour: number): number => (hour === 1 ? 12 : hour - 1);
const time = (hour: number, minute: number): string => `${hour}:${String(minute).padStart(2, "0")}`;

/** Words before an hour, and the time they make of it. */
const CLOCK: readonly (readonly [readonly string[], (hour: number) => string])[] = [
  [["halb"], (hour) => time(before(hour), 30)],
  [["viertel", "nach"], (hour) => time(hour, 15)],
  [["viertel", "vor"], (hour) => time(before(hour), 45)],
  [["dreiviertel"], (hour) => time(before(hour), 45)],
];

function clock(words: readonly Word[], at: number): Found<string> | undefined {
  for (const [texts, write] of CLOCK) {
    const hour = says(words, at, ...texts) ? hourAt(words, at + texts.length) : undefined;
    if (hour) return { value: write(hour.value), next: hour.next };
  }
  const hour = lead(words, at);
  if (!hour || hour.value > 24 || !says(words, hour.next, "uhr") || !isJoined(words, hour.next))
    return undefined;
  const minute = isJoined(words, hour.next + 1) ? lead(words, hour.next + 1) : undefined;
  if (!minute || minute.value > 59) return { value: `${hour.value} Uhr`, next: hour.next + 1 };
  return { value: `${time(hour.value, minute.value)} Uhr`, next: minute.next };
}

/** Numbers as German says them. Ordinals are words of their own and end otherwise. */
export const GERMAN: NumberGrammar = {
  lead,
  hundred: new Set(),
  hundreds: {},
  scales: { million: 1_000_000, millionen: 1_000_000 },
  and: new Set(),
  article: new Set(["eine"]),
  ones: new Set(["ein"]),
  unit: /^(?:grad|kelvin|volt|watt|euro)$/,
  percent: [["prozent"]],
  point: new Set(["komma"]),
  decimalMark: ",",
  minus: new Set(["minus"]),
  isOrdinal: (words, at) => /^(?:halbe[rsnm]?|drittel|viertel|fünftel|zehntel)$/.test(words[at]?.text ?? ""),
  clock,
  bareClock: false,
};
