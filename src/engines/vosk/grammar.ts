import { nearestSentence } from "./nearest-sentence.js";

/** What a grammar needs to know of a model. */
export interface Vocabulary {
  has(word: string): boolean;
  /** The word that stands for anything not known, where the model has one. */
  readonly unknownWord: string | undefined;
}

/** Sentences in the words of one model. */
export interface Grammar {
  /** For libvosk: a JSON list, with the unknown word at its end where the model has one. Undefined with no sentence left. */
  readonly json: string | undefined;
  /** Words the model does not know; the sentences with them are left out. */
  readonly missing: readonly string[];
  /**
   * The sentence as it was given, for one that was heard, also with one of its words missing or one word too many where
   * that leaves no doubt. What only resembles a sentence comes back as it is, and nothing of what does not: the grammar
   * lets its words follow one another in any order, so other speech becomes a jumble of them.
   */
  restore(heard: string): string;
}

/** Spellings of "no word I know" in Vosk models. */
const UNKNOWN_WORDS = ["[unk]", "<unk>", "<UNK>", "[UNK]", "<spoken_noise>", "<SPOKEN_NOISE>"];

/** The model's word for speech outside its vocabulary. */
export const findUnknownWord = (has: (word: string) => boolean): string | undefined =>
  UNKNOWN_WORDS.find(has);

/**
 * Turns sentences into a grammar. Letters are put into the case the model's vocabulary has, punctuation is dropped and
 * compounds are taken apart where only their parts are known. A sentence with an unknown word is left out: libvosk would
 * drop the word and then answer to what is left of the sentence.
 */
export function buildGrammar(sentences: readonly string[], vocabulary: Vocabulary): Grammar {
  const given = new Map<string, string>();
  const missing = new Set<string>();
  for (const sentence of sentences) {
    const words = tokens(sentence);
    const known = words.map((word) => spell(word, vocabulary));
    words
      .filter((_, i) => known[i] === undefined)
      .forEach((word) => {
        missing.add(word);
      });
    const spoken = known.flatMap((parts) => parts ?? []).join(" ");
    if (known.includes(undefined) || spoken === "" || given.has(spoken)) continue;
    given.set(spoken, sentence.trim());
  }
  const { unknownWord } = vocabulary;
  const phrases = unknownWord === undefined ? [...given.keys()] : [...given.keys(), unknownWord];
  return {
    json: given.size === 0 ? undefined : JSON.stringify(phrases),
    missing: [...missing],
    restore: (heard) => nearestSentence(heard, given),
  };
}

function tokens(sentence: string): readonly string[] {
  return sentence
    .normalize("NFC")
    .replaceAll("’", "'")
    .split(/\s+/)
    .map((token) => token.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}']+$/gu, ""))
    .filter((token) => token !== "");
}

/** The token in words of the model: itself in some case, or its parts; undefined when it cannot be said. */
function spell(token: string, vocabulary: Vocabulary): readonly string[] | undefined {
  const whole = inKnownCase(token, vocabulary);
  if (whole !== undefined) return [whole];
  for (const cut of [/-/, /(?<=')/]) {
    const parts = token.split(cut).filter((part) => part !== "");
    const known = parts.map((part) => inKnownCase(part, vocabulary));
    if (parts.length > 1 && known.every((part) => part !== undefined)) return known;
  }
  return undefined;
}

function inKnownCase(token: string, { has }: Vocabulary): string | undefined {
  const lower = token.toLowerCase();
  const capitalised = lower.charAt(0).toUpperCase() + lower.slice(1);
  return [lower, token, capitalised, token.toUpperCase()].find(has);
}
