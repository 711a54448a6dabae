import { PassThrough, Writable } from "node:stream";
import { describe, expect, it } from "vitest";
import { createOutput, describeFailure } from "../../../src/app/commands/output.js";
import { AssetError } from "../../../src/base/errors.js";
import { PATIENCE } from "../../fixtures/patience.js";

/** Only what an output uses of a terminal: being one, and its width. */
const streams = (out: Writable, err: Writable, terminal = {}) => ({
  out: out as NodeJS.WriteStream,
  err: Object.assign(err, terminal) as NodeJS.WriteStream,
});
const textOf = (stream: PassThrough): string => String(stream.read() ?? "");

describe("createOutput", () => {
  it("keeps results apart from remarks", () => {
    const [out, err] = [new PassThrough(), new PassThrough()];
    const output = createOutput(false, streams(out, err));
    output.line("result");
    output.remark("remark");
    expect([textOf(out), textOf(err)]).toEqual(["result\n", "remark\n"]);
    expect(output.terminal).toBe(false);
  });

  it("draws over the last drawing on a terminal, within its width, and nothing elsewhere", () => {
    const [out, err, plain] = [new PassThrough(), new PassThrough(), new PassThrough()];
    createOutput(false, streams(out, err, { isTTY: true, columns: 10 })).draw("0123456789abc");
    createOutput(false, streams(out, plain)).draw("0123456789abc");
    expect(textOf(err)).toBe("\r\x1b[2K012345678");
    expect(textOf(plain)).toBe("");
  });

  it("takes a reader that went away as the end, not as an error", async () => {
    const gone = new Writable({
      write: (_chunk, _encoding, done) => done(Object.assign(new Error("write EPIPE"), { code: "EPIPE" })),
    });
    const output = createOutput(false, streams(gone, new PassThrough()));
    output.line("one");
    await expect.poll(() => output.closed.aborted, PATIENCE).toBe(true);
    output.line("two");
  });
});

describe("describeFailure", () => {
  it("is the sentence of what was foreseen, with its code for machines", () => {
    const error = new AssetError("offline", "Downloads are off.");
    expect(describeFailure(error, false)).toBe("Downloads are off.");
    expect(JSON.parse(describeFailure(error, true))).toEqual({
      error: { code: "offline", message: "Downloads are off." },
    });
  });

  it("has the stack of what nobody foresaw, except for machines", () => {
    const error = new TypeError("x is not a function");
    expect(describeFailure(error, false)).toMatch(/TypeError: x is not a function\n\s+at /);
    expect(JSON.parse(describeFailure(error, true))).toMatchObject({ error: { code: "internal" } });
    expect(describeFailure("thrown text", false)).toBe("thrown text");
  });
});
