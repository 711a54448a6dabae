import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { PhraseBook, PhraseBookFile } from "./phrase-book.js";

/** Books kept in the folder: the one in use, the one before it, and those of other languages. */
const KEPT = 16;

/**
 * Writes a phrase book into a folder, under its id; a book that lies there already is left alone. Old books of the same
 * language beyond a few are removed.
 * @throws the file system's error when the folder cannot be written
 */
export async function writePhraseBook(dir: string, book: PhraseBook): Promise<PhraseBookFile> {
  await mkdir(dir, { recursive: true });
  const path = join(dir, `${book.language}-${book.id}.json`);
  const names = (await readdir(dir)).filter((name) => name.endsWith(".json"));
  if (!names.includes(`${book.language}-${book.id}.json`)) {
    const partial = `${path}.${process.pid}.part`;
    await writeFile(partial, JSON.stringify(book));
    await rename(partial, path);
    const others = names.filter((name) => name.startsWith(`${book.language}-`));
    for (const name of others.slice(0, Math.max(0, others.length - KEPT)))
      await rm(join(dir, name), { force: true });
  }
  return { id: book.id, path };
}

/** @throws the file system's error, or a SyntaxError for a file that is not what `writePhraseBook` left */
export async function readPhraseBook({ id, path }: PhraseBookFile): Promise<PhraseBook> {
  // Only writePhraseBook writes these files, under a name that changes with every byte; the id tells a mix-up.
  const book = JSON.parse(await readFile(path, "utf8")) as PhraseBook;
  if (book.id !== id) throw new SyntaxError(`${path} is the phrase book ${book.id}`);
  return book;
}
