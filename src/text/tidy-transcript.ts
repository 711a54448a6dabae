import { withDigits } from "./numerals/with-digits.js";

/** How recognised text is written. */
export interface TextStyle {
  readonly letters: "keep" | "lower" | "upper";
  /** False removes what only divides: full stops, commas, quotes. */
  readonly punctuation: boolean;
  /** `digits` writes numbers that are written in words in digits, in the languages whose numbers are known. */
  readonly numbers?: "keep" | "digits";
}

/**
 * A transcript in another style. What belongs to a word or number stays: the marks in `don't`, `well-known`, `3.5`,
 * `10:30`, `-5`, `20%`. Pure.
 * @param language code whose letters are meant, for those that have rules of their own (Turkish i)
 */
export function tidyTranscript(
  text: string,
  { letters, punctuation, numbers = "keep" }: TextStyle,
  language?: string,
): string {
  const counted = numbers === "digits" ? withDigits(text, language ?? "") : text;
  const kept = punctuation ? counted : withoutPunctuation(counted);
  if (letters === "keep") return kept;
  const locale = /^[A-Za-z]{2,3}(?![A-Za-z])/.exec(language ?? "")?.[0] ?? "und";
  return letters === "lower" ? kept.toLocaleLowerCase(locale) : kept.toLocaleUpperCase(locale);
}

/** A mark between two of these is part of what it stands in. */
const BETWEEN_DIGITS = /[.,:/]/;
const BETWEEN_LETTERS = /['’‘ʼ‐‑-]/;
const MARK = /[\p{P}]/u;
const ALPHANUMERIC = /[\p{L}\p{M}\p{N}]/u;
const DIGIT = /\p{Nd}/u;
/** Said aloud, so not punctuation to a listener. */
const SPOKEN = /[%&@#§*/\\‰°]/;

function withoutPunctuation(text: string): string {
  const signs = [...text];
  const kept = signs.map((sign, at) => {
    if (!MARK.test(sign) || SPOKEN.test(sign)) return sign;
    const before = signs[at - 1] ?? "";
    const after = signs[at + 1] ?? "";
    if (BETWEEN_DIGITS.test(sign) && DIGIT.test(before) && DIGIT.test(after)) return sign;
    if (BETWEEN_LETTERS.test(sign) && ALPHANUMERIC.test(before) && ALPHANUMERIC.test(after)) return sign;
    if (sign === "-" && DIGIT.test(after) && !ALPHANUMERIC.test(before)) return sign;
    // Two words that only a mark divides stay two.
    return " ";
  });
  return kept.join("").replaceAll(/\s+/g, " ").trim();
}
