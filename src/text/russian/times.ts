import type { Rewrite } from "../rewrite.js";
import { cardinal, counted } from "./cardinal.js";
import { type Case, governedCase } from "./grammar.js";
import type { Noun } from "./noun.js";
import { hour, minute, second } from "./nouns.js";

const CLOCK = "(?<![\\d:.,])(\\d{1,2}):(\\d{2})(?::(\\d{2}))?(?![\\d:])";

/** Times of day: `13:45`, `9:00-18:00`, `01:02:03`. */
export const TIMES: readonly Rewrite[] = [
  {
    pattern: new RegExp(`${CLOCK}\\s*[-–—]\\s*${CLOCK.replace("(?<![\\d:.,])", "")}`, "gu"),
    say: ([, hour1, minute1, , hour2, minute2]) => {
      const from = timeInWords(hour1, minute1, undefined, "genitive");
      const to = timeInWords(hour2, minute2, undefined, "genitive");
      return from && to ? `с ${from} до ${to}` : undefined;
    },
  },
  {
    pattern: new RegExp(CLOCK, "gu"),
    say: ([, hours, minutes, seconds], { before }) =>
      timeInWords(hours, minutes, seconds, governedCase(before) ?? "nominative"),
  },
];

function timeInWords(
  hours: string | undefined,
  minutes: string | undefined,
  seconds: string | undefined,
  wanted: Case,
): string | undefined {
  const [h, m] = [Number(hours), Number(minutes)];
  if (hours === undefined || h > 24 || m > 59 || Number(seconds ?? 0) > 59) return undefined;
  const withNoun = (value: number, what: Noun) =>
    `${cardinal(BigInt(value), what.gender, wanted)} ${counted(what, BigInt(value), wanted)}`;
  if (seconds !== undefined) {
    return [withNoun(h, hour), withNoun(m, minute), withNoun(Number(seconds), second)].join(" ");
  }
  if (m === 0) return withNoun(h, hour);
  // "Ноль тридцать" is not said; half past midnight needs its nouns.
  if (h === 0) return `${withNoun(0, hour)} ${withNoun(m, minute)}`;
  const spoken = cardinal(BigInt(m), "masculine", wanted);
  return `${cardinal(BigInt(h), "masculine", wanted)} ${m < 10 ? `${cardinal(0n, "masculine", wanted)} ` : ""}${spoken}`;
}
