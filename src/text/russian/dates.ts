import { anyOf, type Rewrite } from "../rewrite.js";
import { type Case, governedCase } from "./grammar.js";
import { ordinal } from "./ordinal.js";

const MONTHS = "января февраля марта апреля мая июня июля августа сентября октября ноября декабря".split(" ");
/** Words after which a date is named and not merely placed in time: "сегодня пятое мая". */
const NAMING = /(?:сегодня|завтра|вчера|послезавтра|это|дата|число|на|за|по|—|:)\s+$/iu;

const dayCase = (before: string): Case => {
  if (NAMING.test(before)) return "nominative";
  const governed = governedCase(before);
  return governed === "dative" || governed === "instrumental" ? governed : "genitive";
};

/** Dates in digits and words, years and centuries. */
export const DATES: readonly Rewrite[] = [
  {
    pattern: /(?<!\d)(\d{4})-(\d{2})-(\d{2})(?:(T)(?=\d\d:)|(?!\d))/gu,
    say: ([, year, month, day, clock], { before }) => {
      const said = dateInWords(day, Number(month), year, dayCase(before));
      return said && clock ? `${said} ` : said;
    },
  },
  {
    pattern:
      /(?<![\d.,])(\d{1,2})[./](\d{1,2})[./](\d{4}|\d{2})(?![\d]|\.\d)(?:\s*г(?:ода|\.(?=\s|$))?(?!\p{L}))?/gu,
    say: ([, day, month, year], { before }) => dateInWords(day, Number(month), year, dayCase(before)),
  },
  {
    pattern: new RegExp(
      `(?<![\\d.,:])(\\d{1,2})(?:(?:\\s*[-–—]\\s*|\\s+по\\s+)(\\d{1,2}))?\\s+(${anyOf(MONTHS)})(?:\\s+(\\d{4})(?!\\d)(?:\\s*г(?:ода|\\.)?(?!\\p{L}))?)?(?!\\p{L})`,
      "giu",
    ),
    say: ([, from, to, month, year], { before }) => {
      const tail = `${month}${year ? ` ${ordinal(BigInt(year), "masculine", "genitive")} года` : ""}`;
      if (Number(from) > 31) return undefined;
      if (!to) return `${ordinal(BigInt(from ?? 0), "neuter", dayCase(before))} ${tail}`;
      const first = ordinal(BigInt(from ?? 0), "neuter", "genitive");
      return `${/(?:^|\s)со?\s+$/iu.test(before) ? "" : "с "}${first} по ${ordinal(BigInt(to), "neuter")} ${tail}`;
    },
  },
  {
    pattern:
      /(?<![\d.,])([12]\d{3})(?:\s*[-–—]\s*([12]\d{3}))?\s*(год(?:а|у|ом|е|ы|ов|ам|ами|ах)?|гг?\.?)(?!\p{L})/giu,
    say: ([, from, to, word], { before }) => yearInWords(from, to, (word ?? "").toLowerCase(), before),
  },
  {
    pattern: /(?<!\p{L})([XVI]{1,5})(?:\s*[-–—]\s*([XVI]{1,5}))?\s+(век(?:а|у|ом|е|ов|ах|и)?)(?!\p{L})/gu,
    say: ([, from, to, word]) => {
      const wanted = /е$/.test(word ?? "")
        ? "prepositional"
        : /а$|ов$/.test(word ?? "")
          ? "genitive"
          : "nominative";
      const said = [from, to].flatMap((numeral) =>
        numeral ? [ordinal(roman(numeral), "masculine", wanted)] : [],
      );
      return `${said.join(" тире ")} ${word}`;
    },
  },
];

function dateInWords(day: string | undefined, month: number, year: string | undefined, wanted: Case) {
  const name = MONTHS[month - 1];
  if (name === undefined || !day || !year || Number(day) < 1 || Number(day) > 31) return undefined;
  return `${ordinal(BigInt(day), "neuter", wanted)} ${name} ${ordinal(BigInt(year), "masculine", "genitive")} года`;
}

function yearInWords(from: string | undefined, to: string | undefined, word: string, before: string) {
  if (!from) return undefined;
  const governed = governedCase(before);
  const { noun, wanted } = yearForm(word, governed, Boolean(to));
  const said = [from, to].flatMap((year) => (year ? [ordinal(BigInt(year), "masculine", wanted)] : []));
  return `${said.join(" тире ")} ${noun}`;
}

function yearForm(word: string, governed: Case | undefined, range: boolean): { noun: string; wanted: Case } {
  if (/^гг?\.?$/.test(word)) {
    // "в 2024 г." places an event, "на 2024 г." plans one; elsewhere the year belongs to a date.
    if (range)
      return { noun: governed ? "годах" : "годы", wanted: governed ? "prepositional" : "nominative" };
    return governed === "accusative"
      ? { noun: "году", wanted: "prepositional" }
      : governed === "dative"
        ? { noun: "году", wanted: "dative" }
        : { noun: "года", wanted: "genitive" };
  }
  if (/^год(?:а|ов)$/.test(word)) return { noun: word, wanted: "genitive" };
  if (/^году$|^годах$/.test(word))
    return { noun: word, wanted: governed === "dative" ? "dative" : "prepositional" };
  if (/^год(?:ом|ами)$/.test(word)) return { noun: word, wanted: "instrumental" };
  if (/^годам$/.test(word)) return { noun: word, wanted: "dative" };
  return { noun: word, wanted: "nominative" };
}

function roman(numeral: string): bigint {
  const values: Readonly<Record<string, number>> = { I: 1, V: 5, X: 10 };
  let total = 0;
  for (let index = 0; index < numeral.length; index += 1) {
    const own = values[numeral[index] ?? ""] ?? 0;
    const next = values[numeral[index + 1] ?? ""] ?? 0;
    total += own < next ? -own : own;
  }
  return BigInt(total);
}
