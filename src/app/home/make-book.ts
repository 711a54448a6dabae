import { messageOf } from "../../base/errors.js";
import { compilePhrases } from "../../home/compile-phrases.js";
import { loadSentences, type SentenceFolders } from "../../home/load-sentences.js";
import type { HomeNames } from "../../home/names.js";
import type { PhraseBook, PhraseBookFile } from "../../home/phrase-book.js";
import { writePhraseBook } from "../../home/phrase-book-file.js";

export interface BookOrder {
  readonly language: string;
  readonly names: HomeNames;
  readonly sentences: SentenceFolders;
  /** Folder for the book. */
  readonly dir: string;
}

/** A phrase book on disk, and what the user should know of it. */
export interface MadeBook {
  readonly file: PhraseBookFile;
  readonly phrases: number;
  /** Mistakes in templates, and what was left out to stay in bounds; sentences for the user. */
  readonly problems: readonly string[];
}

/**
 * Puts names into the sentence templates of a language and writes the book. With a mistake in the user's templates that
 * spoils the whole, the program's own are used alone.
 * @returns undefined for a language in which nothing can be said
 * @throws {ConfigError} for folders that cannot be read; the file system's error when the book cannot be written
 */
export async function makeBook(order: BookOrder): Promise<MadeBook | undefined> {
  const { book, problems } = await compile(order, order.sentences);
  if (book.sentences.length === 0) return undefined;
  return {
    file: await writePhraseBook(order.dir, book),
    phrases: book.phrases,
    problems: [...problems, ...book.cut],
  };
}

async function compile(
  { language, names }: BookOrder,
  folders: SentenceFolders,
): Promise<{ readonly book: PhraseBook; readonly problems: readonly string[] }> {
  const { files, problems } = await loadSentences(folders, language);
  try {
    return { book: compilePhrases({ language, names, files }), problems };
  } catch (error) {
    if (folders.user === undefined) throw error;
    const { files: own } = await loadSentences({ program: folders.program }, language);
    const spoilt = `${messageOf(error)}\nThe sentences of your own are not used until then.`;
    return { book: compilePhrases({ language, names, files: own }), problems: [...problems, spoilt] };
  }
}
