import type { VoskTtsKind } from "./model-config.js";

/** A part of a sentence. */
export type Token =
  | { readonly kind: "word"; readonly text: string }
  | { readonly kind: "space" }
  /** Punctuation; `_` is a pause the writer asked for. */
  | { readonly kind: "mark"; readonly text: string };

/** Marks of plain models, one character each. */
const PLAIN = /([,.?!;:"() ])/u;
/** Multistream models know the ellipsis and the dash as marks of their own. */
const MULTISTREAM = /(\.\.\.|- |[ ,.?!;:"()_])/u;

/** Cuts a sentence into words, spaces and marks, the way the model of that kind was trained. */
export function tokensOf(sentence: string, kind: VoskTtsKind): readonly Token[] {
  const text = sentence
    .replace(/[—–]/gu, "-")
    .replace(/[«»„“”]/gu, '"')
    .replaceAll("…", "...")
    .replace(/\s+/gu, " ")
    .trim();
  if (kind === "plain") return split(text.replaceAll("_", " ").replace(/ {2,}/gu, " "), PLAIN);
  // A dash belongs to the word before it, as other marks do.
  return split(text.replaceAll(" -", "- "), MULTISTREAM);
}

function split(text: string, pattern: RegExp): readonly Token[] {
  return text.split(pattern).flatMap((part): readonly Token[] => {
    if (part === "") return [];
    if (part === " ") return [{ kind: "space" }];
    // The space behind a dash is the one that stood before it.
    if (part === "- " || part === "-") return [{ kind: "mark", text: "-" }];
    if (pattern.test(part)) return [{ kind: "mark", text: part }];
    return [{ kind: "word", text: part }];
  });
}
