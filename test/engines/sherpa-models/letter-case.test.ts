import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { letterCaseOf } from "../../../src/engines/sherpa-models/letter-case.js";

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "tokens-"));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const read = (tokens: string, text: string) => {
  const path = join(dir, "tokens.txt");
  writeFileSync(path, tokens);
  return letterCaseOf(path)(text);
};

describe("letterCaseOf", () => {
  it("quiets a model that knows capitals alone, its special tokens aside", () => {
    expect(read("<blk> 0\n<unk> 1\n▁TURN 2\nÄ 3\n", "TURN Ä")).toBe("turn ä");
  });

  it("leaves the text of other models as it is", () => {
    expect(read("<blk> 0\n▁Turn 1\nON 2\n", "Turn ON")).toBe("Turn ON");
    expect(read("<blk> 0\n▁привет 1\n", "привет")).toBe("привет");
    expect(read("<blk> 0\n开 1\n灯 2\n", "开灯 TV")).toBe("开灯 TV");
  });
});
