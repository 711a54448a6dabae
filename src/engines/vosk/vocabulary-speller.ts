import type { Speller } from "../../home/match/word-graph.js";
import type { UnknownWord } from "../capability.js";
import type { Vocabulary } from "./grammar.js";
import { nearbyWord } from "./nearby-word.js";
import { inKnownCase, letters, respell } from "./respell.js";

/** Most unknown words remembered, and names given with each. */
const MAX_UNKNOWN = 500;
const MAX_NAMES = 5;

interface Noted {
  readonly names: Set<string>;
  readonly respelled: string | undefined;
  readonly suggestion: string | undefined;
}

/** Spells in the words of one model and remembers what the model does not know. */
export class VocabularySpeller {
  readonly #vocabulary: Vocabulary;
  readonly #language: string;
  readonly #unknown = new Map<string, Noted>();
  readonly #spelled = new Map<string, readonly (readonly string[])[]>();

  constructor(vocabulary: Vocabulary, language: string) {
    this.#vocabulary = vocabulary;
    this.#language = language;
  }

  /** In the order found. */
  get unknownWords(): readonly UnknownWord[] {
    return [...this.#unknown].map(([word, { names, respelled, suggestion }]) => ({
      word,
      names: [...names].slice(0, MAX_NAMES),
      ...(respelled === undefined ? {} : { respelled }),
      ...(suggestion === undefined ? {} : { suggestion }),
    }));
  }

  readonly spell: Speller = (text, name) => {
    const tokens = tokensOf(text);
    if (tokens.length === 0) return [];
    return tokens.reduce<readonly (readonly string[])[]>(
      (heads, token) => {
        const ways = this.#waysToSay(token, name ? text : undefined);
        return heads.flatMap((head) => ways.map((way) => [...head, ...way]));
      },
      [[]],
    );
  };

  /** @param name the name it is part of; undefined for a word of a template */
  #waysToSay(token: string, name: string | undefined): readonly (readonly string[])[] {
    const key = `${token}\n${name === undefined}`;
    let ways = this.#spelled.get(key);
    if (!ways) {
      ways = this.#find(token, name);
      this.#spelled.set(key, ways);
    }
    if (name !== undefined) this.#unknown.get(token)?.names.add(name);
    return ways;
  }

  #find(token: string, name: string | undefined): readonly (readonly string[])[] {
    const whole = knownParts(token, this.#vocabulary);
    // People say some abbreviations letter by letter, and models know both or either.
    const spelled =
      name === undefined || !/^\p{Lu}{2,}$/u.test(token) ? undefined : letters(token, this.#vocabulary);
    const ways = [whole, spelled].filter((way) => way !== undefined);
    if (ways.length > 0) return ways;
    const found = name === undefined ? undefined : respell(token, this.#language, this.#vocabulary);
    if (this.#unknown.size < MAX_UNKNOWN) {
      this.#unknown.set(token, {
        names: new Set(),
        respelled: found?.words.join(" "),
        suggestion: found || name === undefined ? undefined : nearbyWord(token, this.#vocabulary),
      });
    }
    return found ? [found.words] : [];
  }
}

function tokensOf(text: string): readonly string[] {
  return text
    .normalize("NFC")
    .replaceAll("’", "'")
    .split(/\s+/)
    .map((token) => token.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}']+$/gu, ""))
    .filter((token) => token !== "");
}

/** The word itself in some case, or its parts at hyphens and apostrophes. */
function knownParts(token: string, vocabulary: Vocabulary): readonly string[] | undefined {
  const whole = inKnownCase(token, vocabulary);
  if (whole !== undefined) return [whole];
  for (const cut of [/-/, /(?<=')/, /(?=')/, /-|(?<=')/]) {
    const parts = token.split(cut).filter((part) => part !== "");
    const known = parts.map((part) => inKnownCase(part, vocabulary));
    if (parts.length > 1 && known.every((part) => part !== undefined)) return known;
  }
  return undefined;
}
