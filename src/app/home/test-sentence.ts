import { judgeCommand } from "../../engines/vosk/judge-command.js";
import { plainSpeller, plainWords } from "../../home/match/plain-speller.js";
import { SentenceMatcher } from "../../home/match/sentence-matcher.js";
import { buildWordGraph } from "../../home/match/word-graph.js";
import { readPhraseBook } from "../../home/phrase-book-file.js";
import type { HomeTest } from "../../sessions/home.js";
import { spellOut } from "../../text/spell-out.js";
import { type BookOrder, makeBook } from "./make-book.js";

/**
 * What a sentence would be taken for if a model heard exactly these words, with numbers spelled out.
 * @returns undefined for a language in which nothing can be said
 * @throws as `makeBook` does
 */
export async function testSentence(order: BookOrder, sentence: string): Promise<HomeTest | undefined> {
  const made = await makeBook(order);
  if (!made) return undefined;
  const book = await readPhraseBook(made.file);
  const matcher = new SentenceMatcher(buildWordGraph(book, plainSpeller), book.skipWords);
  const words = plainWords(spellOut(sentence, order.language));
  const { decision, text, intent, distance, why } = judgeCommand([{ words, score: 0 }], matcher);
  return { language: order.language, decision, text, intent, distance, why };
}
