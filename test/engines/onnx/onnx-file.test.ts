import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { checkOnnxFile } from "../../../src/engines/onnx/onnx-file.js";

const dir = mkdtempSync(join(tmpdir(), "irene-onnx-"));
afterAll(() => rmSync(dir, { recursive: true }));

let files = 0;
function file(bytes: Uint8Array): string {
  const path = join(dir, `${++files}.onnx`);
  writeFileSync(path, bytes);
  return path;
}

/** A length-delimited field. */
function field(number: number, content: Uint8Array | string): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([varint(number * 8 + 2), varint(bytes.length), bytes]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) | 0x80);
  }
}

const graph = Buffer.concat([
  field(5, Buffer.alloc(200_000, 0xff)),
  field(11, field(1, "mel")),
  field(12, field(1, "logits")),
]);
const model = Buffer.concat([
  Buffer.from([0x08, 0x08]),
  field(7, graph),
  field(14, Buffer.concat([field(1, "n_mels"), field(2, "80")])),
]);

const refused = (message: RegExp) =>
  expect.objectContaining({ code: "engine-load-failed", message: expect.stringMatching(message) });

describe("checkOnnxFile", () => {
  it("reads names and metadata past weights of any size", () => {
    const facts = checkOnnxFile(file(model), { inputs: ["mel"], outputs: ["logits"], metadata: ["n_mels"] });
    expect(facts).toEqual({ inputs: ["mel"], outputs: ["logits"], metadata: new Map([["n_mels", "80"]]) });
  });

  it("reads metadata that was appended later", () => {
    const longer = Buffer.concat([model, field(14, Buffer.concat([field(1, "voice"), field(2, "en")]))]);
    expect(checkOnnxFile(file(longer), {})?.metadata.get("voice")).toBe("en");
  });

  it("refuses a model of another kind, naming what it lacks", () => {
    const path = file(model);
    expect(() => checkOnnxFile(path, { inputs: ["state"] })).toThrow(refused(/another kind.*input state/));
    expect(() => checkOnnxFile(path, { outputs: ["prob"] })).toThrow(refused(/output prob/));
    expect(() => checkOnnxFile(path, { metadata: ["sample_rate"] })).toThrow(refused(/entry sample_rate/));
  });

  it("refuses a file cut anywhere", () => {
    for (const length of [0, 1, 3, 5, 1000, 200_010, model.length - 12, model.length - 1]) {
      expect(() => checkOnnxFile(file(model.subarray(0, length)), { metadata: ["n_mels"] })).toThrow(
        refused(/./),
      );
    }
  });

  it("refuses what is no model at all", () => {
    for (const bytes of [
      Buffer.from("<!DOCTYPE html><title>404</title>"),
      Buffer.alloc(5000),
      Buffer.alloc(5000, 0xff),
      Buffer.from("PK\u0003\u0004 zip"),
      Buffer.from([0x08, 0x08]),
    ]) {
      expect(() => checkOnnxFile(file(bytes), {})).toThrow(refused(/Remove the model/));
    }
  });

  it("takes ONNX Runtime's own format on trust", () => {
    expect(
      checkOnnxFile(file(Buffer.from("\u0010\u0000\u0000\u0000ORTM rest")), { inputs: ["x"] }),
    ).toBeUndefined();
  });
});
