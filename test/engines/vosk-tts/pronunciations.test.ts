import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Pronunciations } from "../../../src/engines/vosk-tts/pronunciations.js";

describe("Pronunciations", () => {
  let dir: string;
  let dictionary: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "dictionary-"));
    dictionary = join(dir, "dictionary");
  });
  afterEach(() => {
    chmodSync(dir, 0o755);
    rmSync(dir, { recursive: true });
  });
  const open = (text: string): Pronunciations => {
    writeFileSync(dictionary, text);
    return Pronunciations.open(dictionary);
  };

  it("finds every word of any dictionary, with its likeliest pronunciation", () => {
    const word = fc.string({ unit: fc.constantFrom(..."абвгдёя-z"), minLength: 1, maxLength: 6 });
    const phones = fc.array(fc.constantFrom("a0", "b", "vj"), { minLength: 1, maxLength: 4 });
    const line = fc.tuple(word, fc.integer({ min: 1, max: 1000 }), phones);
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 60 }), (lines) => {
        const best = new Map<string, { probability: number; phones: readonly string[] }>();
        for (const [name, probability, found] of lines) {
          if ((best.get(name)?.probability ?? 0) < probability)
            best.set(name, { probability, phones: found });
        }
        const text = lines
          .map(([name, chance, found]) => `${name} ${chance / 1000} ${found.join(" ")}`)
          .join("\n");
        const pronunciations = open(text);
        expect(pronunciations.size).toBe(best.size);
        for (const [name, { phones: expected }] of best) expect(pronunciations.find(name)).toEqual(expected);
        expect(pronunciations.find("ъъъ")).toBeUndefined();
        expect(pronunciations.find("")).toBeUndefined();
        pronunciations.close();
      }),
      { numRuns: 50 },
    );
  });

  it("builds the index once and uses it as long as the dictionary stays", () => {
    open("да 1 d a1\n").close();
    const index = `${dictionary}.index`;
    const built = statSync(index);
    const again = Pronunciations.open(dictionary);
    expect(again.find("да")).toEqual(["d", "a1"]);
    again.close();
    expect(statSync(index).ino).toBe(built.ino);
    const changed = open("да 1 d a0\nнет 1 nj e1 t\n");
    expect(changed.find("да")).toEqual(["d", "a0"]);
    expect(changed.find("нет")).toEqual(["nj", "e1", "t"]);
    changed.close();
  });

  it("builds a damaged index again", () => {
    open("да 1 d a1\n").close();
    const index = `${dictionary}.index`;
    for (const damage of [Buffer.alloc(0), Buffer.alloc(100, 1), readFileSync(index).subarray(0, 30)]) {
      writeFileSync(index, damage);
      const pronunciations = Pronunciations.open(dictionary);
      expect(pronunciations.find("да")).toEqual(["d", "a1"]);
      pronunciations.close();
    }
  });

  it("keeps the index in memory where it cannot be written", () => {
    // A folder in the file's place stops even root.
    mkdirSync(`${dictionary}.index`);
    const pronunciations = open("да 1 d a1\nнет 0.5 nj e1 t\n");
    expect(pronunciations.find("нет")).toEqual(["nj", "e1", "t"]);
    pronunciations.close();
    expect(existsSync(`${dictionary}.index.${process.pid}.partial`)).toBe(false);
  });

  it("skips lines that are no entries and refuses a file without any", () => {
    const pronunciations = open("\n# comment\nодно\nдва 0 d v a1\nтри 1\r\nда\t1.0\td  a1 \r\n");
    expect(pronunciations.size).toBe(1);
    expect(pronunciations.find("да")).toEqual(["d", "a1"]);
    pronunciations.close();
    expect(() => open("<!DOCTYPE html>\n<p>not found</p>\n")).toThrowError(/has no words/);
  });
});
