import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readVoiceConfig } from "../../../src/engines/piper/voice-config.js";

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "piper-config-"));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const read = (json: unknown) => {
  const path = join(dir, "voice.onnx.json");
  writeFileSync(path, typeof json === "string" ? json : JSON.stringify(json));
  return readVoiceConfig(path);
};

describe("readVoiceConfig", () => {
  it("lists speakers by number, the default first", () => {
    const { speakers } = read({ num_speakers: 3, speaker_id_map: { p9: 2, eva: 0, max: 1 } });
    expect([...speakers]).toEqual([
      ["eva", 0],
      ["max", 1],
      ["p9", 2],
    ]);
  });

  it("numbers speakers without names and leaves out numbers the network does not have", () => {
    expect([...read({ num_speakers: 2, speaker_id_map: {} }).speakers.keys()]).toEqual(["0", "1"]);
    expect([...read({ num_speakers: 2, speaker_id_map: { a: 0, b: 7, c: "1" } }).speakers.keys()]).toEqual([
      "a",
    ]);
  });

  it("has no speakers for a voice of one", () => {
    expect(read({ num_speakers: 1, speaker_id_map: { only: 0 } }).speakers.size).toBe(0);
    expect(read({}).speakers.size).toBe(0);
  });

  it("reads how the voice wants to be spoken, and Piper's usual where it does not say or says nonsense", () => {
    const own = { noise_scale: 0.3, noise_w: 0.5, length_scale: 1.2 };
    expect(read({ inference: own })).toMatchObject({ noiseScale: 0.3, noiseW: 0.5, lengthScale: 1.2 });
    const usual = { noiseScale: 0.667, noiseW: 0.8, lengthScale: 1 };
    expect(read({})).toMatchObject(usual);
    expect(read({ inference: { noise_scale: "x", noise_w: -1, length_scale: 0 } })).toMatchObject(usual);
  });

  it("refuses what is no configuration", () => {
    for (const text of ["{", "[]", "null"]) {
      expect(() => read(text)).toThrowError(expect.objectContaining({ code: "engine-load-failed" }));
    }
  });
});
