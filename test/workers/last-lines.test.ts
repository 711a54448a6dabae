import { describe, expect, it } from "vitest";
import { LastLines } from "../../src/workers/last-lines.js";

describe("LastLines", () => {
  it("keeps the last twenty lines and the one still open", () => {
    const output = new LastLines();
    for (let line = 0; line < 1000; line++) output.add(`line ${line}\n`);
    output.add("half a li");
    expect(output.lines()).toHaveLength(21);
    expect(output.lines().at(0)).toBe("line 980");
    expect(output.lines().at(-1)).toBe("half a li");
  });

  it("joins lines that arrive in parts", () => {
    const output = new LastLines();
    for (const part of ["fa", "tal: no", "\r", "\nnext\n"]) output.add(part);
    expect(output.lines()).toEqual(["fatal: no", "next"]);
  });

  it("bounds a line without end", () => {
    const output = new LastLines();
    for (let part = 0; part < 1000; part++) output.add("x".repeat(1000));
    expect(output.lines().join("").length).toBeLessThanOrEqual(500);
  });
});
