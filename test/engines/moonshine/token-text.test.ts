import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { TokenText } from "../../../src/engines/moonshine/token-text.js";

const dir = mkdtempSync(join(tmpdir(), "irene-tokens-"));
afterAll(() => rmSync(dir, { recursive: true }));

const PIECES: Readonly<Record<number, Uint8Array>> = {
  0: Buffer.from("<unk>"),
  1: Buffer.from("<s>"),
  2: Buffer.from("</s>"),
  10: Buffer.from(" Turn"),
  11: Buffer.from(" on"),
  12: Buffer.from([0xc3]),
  13: Buffer.from([0xa9]),
  32001: Buffer.from("<extra_32001>"),
};

function list(count: number, change: (line: string, id: number) => string = (line) => line): string {
  const lines = Array.from({ length: count }, (_, id) =>
    change(`${Buffer.from(PIECES[id] ?? []).toString("base64")}\t${id}`, id),
  );
  const path = join(dir, `${Math.random()}.txt`);
  writeFileSync(path, `${lines.join("\n")}\n`);
  return path;
}

describe("TokenText", () => {
  it("joins pieces, and characters that lie in several", () => {
    expect(new TokenText(list(32_768)).textOf([10, 11, 12, 13])).toBe("Turn oné");
  });

  it("leaves out marks and placeholders", () => {
    expect(new TokenText(list(32_768)).textOf([1, 10, 32_001, 0, 2, 99_999])).toBe("Turn");
  });

  it("refuses a list that is short, out of order or none at all", () => {
    const refused = expect.objectContaining({ code: "engine-load-failed" });
    expect(() => new TokenText(list(31_999))).toThrow(refused);
    expect(() => new TokenText(list(32_768, (line, id) => (id === 500 ? "!\t500" : line)))).toThrow(
      expect.objectContaining({ message: expect.stringContaining("line 501") }),
    );
    expect(() => new TokenText(list(32_768, (line, id) => line.replace(/\d+$/, String(id + 1))))).toThrow(
      refused,
    );
  });
});
