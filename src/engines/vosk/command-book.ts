import { setImmediate } from "node:timers/promises";
import { SentenceMatcher } from "../../home/match/sentence-matcher.js";
import { buildWordGraph } from "../../home/match/word-graph.js";
import type { PhraseBook } from "../../home/phrase-book.js";
import type { UnknownWord } from "../capability.js";
import { pairPhrases } from "./command-grammar.js";
import type { Vocabulary } from "./grammar.js";
import { samplePhrases } from "./sample-phrases.js";
import { VocabularySpeller } from "./vocabulary-speller.js";

/** Sentences the frequencies of pairs of words are taken from; more change little. */
const SAMPLES = 20_000;
/** How often each word of other speech is in the grammar: enough to be heard instead of a command, too rare to be heard in one. */
const BACKGROUND_WEIGHT = 2;

/** A phrase book in the words of one model. */
export interface CommandBook {
  readonly id: string;
  /** For libvosk: a JSON list of phrases. */
  readonly grammar: string;
  readonly matcher: SentenceMatcher;
  readonly unknownWords: readonly UnknownWord[];
  /** Distinct ways to say something. */
  readonly phrases: number;
}

/**
 * Puts a phrase book into a model's words. libvosk makes a model of word pairs from the phrases of a grammar; so they are
 * sentences in the proportion people say them, and then those in which every possible pair occurs once. What was said
 * is found in the book afterwards.
 *
 * @returns undefined when no sentence can be said in the model's words
 */
export async function buildCommandBook(
  book: PhraseBook,
  vocabulary: Vocabulary,
): Promise<CommandBook | undefined> {
  const speller = new VocabularySpeller(vocabulary, book.language);
  const graph = buildWordGraph(book, speller.spell);
  if (graph.intentOf.size === 0) return undefined;
  // Utterances of this model are served between the steps.
  await setImmediate();
  const phrases = pairPhrases(graph);
  await setImmediate();
  const samples = [...samplePhrases(graph, SAMPLES)];
  await setImmediate();
  const own = new Set(graph.words);
  const background = book.background.filter((word) => vocabulary.has(word) && !own.has(word));
  const grammar = JSON.stringify([
    ...phrases,
    ...samples,
    ...Array.from({ length: BACKGROUND_WEIGHT }, () => background).flat(),
    ...(vocabulary.unknownWord === undefined ? [] : [vocabulary.unknownWord]),
  ]);
  return {
    id: book.id,
    grammar,
    matcher: new SentenceMatcher(graph, book.skipWords),
    unknownWords: speller.unknownWords,
    phrases: book.phrases,
  };
}
