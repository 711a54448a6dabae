import type { Pattern } from "../phrase-book.js";

/** One of the values of a list, as a file gives it. */
export interface ListValue {
  /** How it may be said: a template of words alone. */
  readonly say: Pattern;
  /** How it is written; undefined when it is written as it was said. */
  readonly write?: string;
}

/** Numbers of a list. */
export interface NumberRange {
  readonly from: number;
  readonly to: number;
  readonly step: number;
  /**
   * How a number is written, with `#` for the number, by the plural category of the language (`one`, `few`, `many`,
   * `other`): `# minutes`.
   */
  readonly write: Readonly<Record<string, string>>;
}

/** A list of a file. Names of the home are lists too, but come from the home. */
export interface ListSource {
  readonly values: readonly ListValue[];
  readonly ranges: readonly NumberRange[];
  /** `file:line`. */
  readonly place: string;
}

export interface TemplateSource {
  readonly intent: string;
  readonly pattern: Pattern;
  /** `file:line`. */
  readonly place: string;
}

/** What one file of sentence templates says. */
export interface SentenceFile {
  /** As errors name it. */
  readonly file: string;
  /** Code without region. */
  readonly language: string;
  readonly sentences: readonly TemplateSource[];
  readonly rules: Readonly<Record<string, Omit<TemplateSource, "intent">>>;
  readonly lists: Readonly<Record<string, ListSource>>;
  /** Words without weight: said or not, the sentence means the same. */
  readonly skipWords: readonly string[];
  /** Frequent words of the language that belong to other speech; heard instead of a command, they speak against it. */
  readonly background: readonly string[];
}
