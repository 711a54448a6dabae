import type { SentenceMatch } from "../phrase-book.js";
import { PathSearch } from "./path-search.js";
import { WordCosts } from "./word-costs.js";
import type { WordGraph } from "./word-graph.js";

/** Longest utterance that can be a command, in words. */
const MAX_WORDS = 20;
/** The nearest sentence is named up to this distance. */
const NEAR = 0.6;

export interface MatchedSentence extends SentenceMatch {
  /** The words that carry the meaning; equal for two ways to say the same. */
  readonly meaning: string;
  /** Words heard and said by the sentence, whichever are more; those without weight count a third. */
  readonly weight: number;
}

const NOTHING: MatchedSentence = { text: "", intent: "", distance: 1, margin: 0, meaning: "", weight: 0 };

/** Finds the sentence of a graph that is nearest to heard words. */
export class SentenceMatcher {
  readonly #graph: WordGraph;
  readonly #costs: WordCosts;

  /** @param skipWords words without weight, in lower case */
  constructor(graph: WordGraph, skipWords: readonly string[]) {
    this.#graph = graph;
    this.#costs = new WordCosts(graph.words, new Set(skipWords));
  }

  match(heard: readonly string[]): MatchedSentence {
    if (heard.length === 0 || heard.length > MAX_WORDS) return NOTHING;
    const weight = heard.reduce((sum, word) => sum + this.#costs.weight(word), 0);
    const search = new PathSearch(this.#graph, this.#costs, heard);
    // Sentences this far away cannot be near, however long they are.
    if (search.bestCost > (NEAR * 2 * weight) / (2 - NEAR)) return NOTHING;
    const [best, second] = search.best(2);
    if (!best) return NOTHING;
    const distance = relative(best.cost, weight, best.weight);
    if (distance > NEAR) return NOTHING;
    const margin = second ? relative(second.cost, weight, second.weight) - distance : 1;
    return {
      text: best.text,
      intent: best.intent,
      meaning: best.meaning,
      distance,
      margin: Math.min(1, Math.max(0, margin)),
      weight: Math.max(weight, best.weight),
    };
  }
}

/** Of the words on both sides, the part that differs. */
const relative = (cost: number, heard: number, said: number): number =>
  Math.min(1, (2 * cost) / Math.max(0.5, heard + said));
