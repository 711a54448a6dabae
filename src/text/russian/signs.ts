import { anyOf, type Rewrite } from "../rewrite.js";

/** Abbreviations with full stops, and what they stand for. */
const ABBREVIATIONS: Readonly<Record<string, string>> = {
  "т.е.": "то есть",
  "т. е.": "то есть",
  "т.к.": "так как",
  "т. к.": "так как",
  "и т.д.": "и так далее",
  "и т. д.": "и так далее",
  "и т.п.": "и тому подобное",
  "и т. п.": "и тому подобное",
  "и др.": "и другие",
  "и пр.": "и прочее",
  "т.н.": "так называемый",
  "напр.": "например",
  "см.": "смотри",
  "стр.": "страница",
  "ул.": "улица",
  "пр-т": "проспект",
  "пр.": "проспект",
  "пер.": "переулок",
  "корп.": "корпус",
  "тел.": "телефон",
  "им.": "имени",
  "ок.": "около",
  "макс.": "максимум",
  "мин.": "минимум",
  "темп.": "температура",
  "влажн.": "влажность",
  "до н.э.": "до нашей эры",
  "н.э.": "нашей эры",
};

const abbreviation: Rewrite = {
  pattern: new RegExp(`(?<![\\p{L}\\d.])(?<!\\d\\s)(${anyOf(Object.keys(ABBREVIATIONS))})(?!\\p{L})`, "giu"),
  say: ([, short], { after }) => {
    const key = Object.keys(ABBREVIATIONS).find(
      (candidate) => candidate.replaceAll(" ", "") === (short ?? "").toLowerCase().replace(/\s/gu, ""),
    );
    // At the end of a sentence the full stop does double duty.
    const stop = /^\s*$|^\s+\p{Lu}/u.test(after) && /т\.|др|пр\.$|э\./.test(short ?? "") ? "." : "";
    return key === undefined ? undefined : `${ABBREVIATIONS[key]}${stop}`;
  },
};

/** Signs said before the number they belong to, so that the number takes the right case. */
export const SIGNS_BEFORE_NUMBERS: readonly Rewrite[] = [
  abbreviation,
  { pattern: /(?:№|#(?=\s?\d))\s*/gu, say: () => "номер " },
  { pattern: /§\s*/gu, say: () => "параграф " },
  { pattern: /±\s*(?=\d)/gu, say: () => "плюс минус " },
  { pattern: /\s*(?:≥|>=)\s*(?=[-−+]?\d)/gu, say: () => " не меньше " },
  { pattern: /\s*(?:≤|<=)\s*(?=[-−+]?\d)/gu, say: () => " не больше " },
  { pattern: /\s*>\s*(?=[-−+]?\d)/gu, say: () => " больше " },
  { pattern: /\s*<\s*(?=[-−+]?\d)/gu, say: () => " меньше " },
  { pattern: /[≈~]\s*(?=[-−+]?\d)/gu, say: () => "примерно " },
  { pattern: /(?<=[\d)%]\s?)[+](?=\s?[\d(])/gu, say: () => " плюс " },
  { pattern: /(?<=[\d)]\s)[-−–](?=\s\d+\s?=)/gu, say: () => "минус" },
  { pattern: /(?<=\d\s?)[*·×](?=\s\d)/gu, say: () => " умножить на " },
  { pattern: /(?<=\d\s?)[:÷](?=\s\d)/gu, say: () => " разделить на " },
  { pattern: /(?<=[\d\p{L})%]\s?)=(?=\s?[-−\d\p{L}(])/gu, say: () => " равно " },
];

/** Signs left over once the numbers are words. */
export const SIGNS_LEFT_OVER: readonly Rewrite[] = [
  { pattern: /\s*&\s*/gu, say: () => " и " },
  { pattern: /\s*@\s*/gu, say: () => " собака " },
  { pattern: /%/gu, say: () => " процентов" },
  { pattern: /°\s?C/gu, say: () => " градусов Цельсия" },
  { pattern: /°/gu, say: () => " градусов" },
  { pattern: /→|⇒|➜/gu, say: () => " — " },
  { pattern: /[|\\_*#^~`<>{}[\]]+/gu, say: () => " " },
  { pattern: /(?<=\p{L}\s?)\/(?=\s?\p{L})/gu, say: () => " или " },
];
