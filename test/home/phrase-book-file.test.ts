import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { compilePhrases } from "../../src/home/compile-phrases.js";
import { readPhraseBook, writePhraseBook } from "../../src/home/phrase-book-file.js";
import { parseSentenceFile } from "../../src/home/templates/parse-sentence-file.js";

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "books-"));
});
afterEach(() => rm(dir, { recursive: true }));

const bookOf = (sentence: string) => {
  const { sentences } = parseSentenceFile("s.yaml", `language: en\nsentences: {a: ['${sentence}']}`);
  return compilePhrases({ language: "en", names: {}, files: sentences ? [sentences] : [] });
};

describe("writePhraseBook", () => {
  it("writes a book that reads back the same", async () => {
    const book = bookOf("good (morning|night)");
    expect(await readPhraseBook(await writePhraseBook(join(dir, "new"), book))).toEqual(book);
  });

  it("writes the same book once", async () => {
    await writePhraseBook(dir, bookOf("hello"));
    await writePhraseBook(dir, bookOf("hello"));
    expect(await readdir(dir)).toHaveLength(1);
  });

  it("does not gather books without end", async () => {
    for (let at = 0; at < 40; at++) await writePhraseBook(dir, bookOf(`hello ${at}`));
    expect((await readdir(dir)).length).toBeLessThan(20);
  });
});

describe("readPhraseBook", () => {
  it("refuses a file that holds another book", async () => {
    const file = await writePhraseBook(dir, bookOf("hello"));
    await expect(readPhraseBook({ ...file, id: "0".repeat(64) })).rejects.toThrow(/is the phrase book/);
  });
});
