import { soundDistance } from "./sound-distance.js";

/** What a word costs that is missing or too many, when it has no weight. */
const LIGHT = 0.3;
/** What a quite different word in the place of another costs: more than a missing word, less than one missing and one too many. */
const OTHER_WORD = 1.5;
/** Heard words whose distances are remembered. */
const REMEMBERED = 2000;

/** Costs of turning heard words into those of a graph: 1 for a word of weight. */
export class WordCosts {
  readonly #words: readonly string[];
  readonly #light: ReadonlySet<string>;
  readonly #dropCosts: Float32Array;
  readonly #changes = new Map<string, Float32Array>();

  /** @param light words without weight, in lower case */
  constructor(words: readonly string[], light: ReadonlySet<string>) {
    this.#words = words;
    this.#light = light;
    this.#dropCosts = Float32Array.from(words, (word) => this.weight(word));
  }

  isLight(word: string): boolean {
    return this.#light.has(word.toLowerCase());
  }

  /** What the word costs when it is too many. */
  weight(word: string): number {
    return this.isLight(word) ? LIGHT : 1;
  }

  /** By index of the word: what it costs when it was not heard. */
  get missing(): Float32Array {
    return this.#dropCosts;
  }

  /** By index of the word: what it costs that this was heard in its place. */
  instead(heard: string): Float32Array {
    const known = this.#changes.get(heard);
    if (known) return known;
    if (this.#changes.size >= REMEMBERED) this.#changes.clear();
    const light = this.isLight(heard);
    const costs = Float32Array.from(this.#words, (word) => {
      const both = light && this.isLight(word) ? LIGHT : 1;
      return OTHER_WORD * both * soundDistance(heard.toLowerCase(), word.toLowerCase());
    });
    this.#changes.set(heard, costs);
    return costs;
  }
}
