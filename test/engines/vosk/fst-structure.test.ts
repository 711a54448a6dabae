import {
  appendFileSync,
  copyFileSync,
  mkdtempSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findFstDefect } from "../../../src/engines/vosk/fst-structure.js";
import { constFst, lookAheadFst, ngramFst, unknownFst, vectorFst } from "../../fixtures/fst-files.js";
import { sharedPath } from "../../fixtures/shared-speech.js";

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "fst-"));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const defectOf = (bytes: Uint8Array): string | undefined => {
  const path = join(dir, "graph.fst");
  writeFileSync(path, bytes);
  return findFstDefect(path);
};

const KINDS: Readonly<Record<string, Buffer>> = {
  const: constFst(5, 9),
  "aligned const": constFst(5, 9, { aligned: true }),
  vector: vectorFst([0, 3, 1], ["<eps>", "licht"]),
  ngram: ngramFst(70, 130, 6),
  "look-ahead": lookAheadFst(3, 4, [0, 2, 1]),
};

describe("findFstDefect", () => {
  for (const [kind, whole] of Object.entries(KINDS)) {
    it(`passes a whole ${kind} graph and one with bytes behind it`, () => {
      expect(defectOf(whole)).toBeUndefined();
      expect(defectOf(Buffer.concat([whole, Buffer.alloc(10)]))).toBeUndefined();
    });

    it(`finds a ${kind} graph cut short anywhere`, () => {
      fc.assert(
        fc.property(fc.nat(whole.length - 1), (length) => {
          expect(defectOf(whole.subarray(0, length))).toMatch(/ends early/);
        }),
        { numRuns: 60, examples: [[whole.length - 1], [0]] },
      );
    });
  }

  it("finds a page that is not a graph", () => {
    expect(defectOf(Buffer.from("<!doctype html><title>404</title>"))).toMatch(/not an OpenFst file/);
  });

  it("finds counts that no file can hold", () => {
    const absurd = Buffer.from(KINDS["ngram"] ?? []);
    absurd.writeBigInt64LE(2n ** 62n, absurd.indexOf("standard") + 8 + 4 + 4 + 8 * 4);
    expect(defectOf(absurd)).toMatch(/ends early/);
    absurd.writeBigInt64LE(-5n, absurd.indexOf("standard") + 8 + 4 + 4 + 8 * 4);
    expect(defectOf(absurd)).toMatch(/ends early/);
  });

  it("passes a kind of graph it does not know by its header", () => {
    expect(defectOf(unknownFst())).toBeUndefined();
  });
});

const GRAPHS = ["HCLr.fst", "Gr.fst"].map((name) => sharedPath("models", "vosk-en", "graph", name));

describe.skipIf(GRAPHS.includes(undefined))("findFstDefect on real graphs (needs shared vosk-en)", () => {
  for (const graph of GRAPHS.filter((path) => path !== undefined)) {
    it(`follows ${basename(graph)} exactly to its last byte`, () => {
      expect(findFstDefect(graph)).toBeUndefined();
      const copy = join(dir, basename(graph));
      copyFileSync(graph, copy);
      truncateSync(copy, statSync(graph).size - 1);
      expect(findFstDefect(copy)).toMatch(/ends early/);
      appendFileSync(copy, "x");
      expect(findFstDefect(copy)).toBeUndefined();
    });
  }
});
