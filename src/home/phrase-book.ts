/**
 * A piece of a sentence. Rules and lists are named here and kept once in the book: written out, a large home would
 * make millions of sentences.
 */
export type Pattern =
  /** One or more words, as they are written. */
  | { readonly words: string }
  | { readonly all: readonly Pattern[] }
  /** One of these. */
  | { readonly any: readonly Pattern[] }
  | { readonly optional: Pattern }
  | { readonly list: string }
  | { readonly rule: string };

/** Something that may be said where a list stands. */
export interface Entry {
  /** As it is written: `EcoBee`, `50`. */
  readonly text: string;
  /** As it may be said, in words: `fifty`. At least one. */
  readonly spoken: readonly string[];
  /** True for a name of the home, which is worth a respelling when the model does not know it. */
  readonly name?: true;
}

export interface Sentence {
  /** What it is for: `lights`, `timers`; the heading of its template. */
  readonly intent: string;
  readonly pattern: Pattern;
}

/**
 * All that may be said to one home in one language: sentence templates with the home's names. Plain data, to be written
 * as JSON.
 */
export interface PhraseBook {
  /** SHA-256 of all below, in hexadecimal: the same content has the same id. */
  readonly id: string;
  /** Code without region. */
  readonly language: string;
  readonly sentences: readonly Sentence[];
  readonly rules: Readonly<Record<string, Pattern>>;
  readonly lists: Readonly<Record<string, readonly Entry[]>>;
  /** Words without weight, in lower case: said or not, the sentence means the same. */
  readonly skipWords: readonly string[];
  /** Frequent words of other speech, which speak against a command when they are heard. */
  readonly background: readonly string[];
  /** Distinct ways through all sentences, names multiplied in. */
  readonly phrases: number;
  /** What was left out to keep the book in bounds, and why: sentences for the user. Empty mostly. */
  readonly cut: readonly string[];
}

/** A phrase book as a file, named to a worker: too large to go with each request. */
export interface PhraseBookFile {
  readonly id: string;
  /** Absolute path of its JSON. */
  readonly path: string;
}

/** What words were taken for. */
export interface SentenceMatch {
  /** The sentence as it is written: digits for numbers, names as the home writes them. Empty when nothing is near. */
  readonly text: string;
  readonly intent: string;
  /** How far the words are from the sentence: 0 is the same, 1 shares nothing with it. */
  readonly distance: number;
  /** By how much the next best other sentence is further away; 1 with no other near. */
  readonly margin: number;
}
