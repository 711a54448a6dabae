import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadCatalog } from "../../src/catalog/load.js";

const PROGRAM = fileURLToPath(new URL("../../models/", import.meta.url));
const CONFIG = { language: { code: "de_DE" }, speaker_id_map: { b: 1, a: 0 } };

describe("the user's own voices and wake words", () => {
  let dir: string;
  let warnings: string[];

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "custom-"));
    warnings = [];
    await mkdir(join(dir, "wake"));
  });
  afterEach(() => rm(dir, { recursive: true }));

  const load = (custom = dir) =>
    loadCatalog({ program: PROGRAM, custom }, (sentence) => warnings.push(sentence));

  it("become voices made loadable by the recipes", async () => {
    await writeFile(join(dir, "Anna Medium.onnx"), "weights");
    await writeFile(join(dir, "Anna Medium.onnx.json"), JSON.stringify(CONFIG));
    const voice = (await load()).find("piper/Anna_Medium");
    expect(voice).toMatchObject({ capability: "tts", languages: ["de_DE"], speakers: ["a", "b"] });
    expect(voice?.sources).toEqual([
      {
        kind: "file",
        dir,
        names: { model: "Anna Medium.onnx", config: "Anna Medium.onnx.json" },
        recipes: { model: "piper-metadata", tokens: "piper-tokens" },
      },
    ]);
    expect(warnings).toEqual([]);
  });

  it("replace a voice of the catalog by having its name, and are chosen before all others", async () => {
    await writeFile(join(dir, "de_DE-thorsten-medium.onnx"), "weights");
    await writeFile(join(dir, "de_DE-thorsten-medium.onnx.json"), JSON.stringify(CONFIG));
    const catalog = await load();
    expect(catalog.find("piper/de_DE-thorsten-medium")?.origin).toBe(join(dir, "de_DE-thorsten-medium.onnx"));
    expect(catalog.byLanguage("tts", "de")[0]?.id).toBe("piper/de_DE-thorsten-medium");
  });

  it("become wake words that share the networks of the shipped ones", async () => {
    await writeFile(join(dir, "wake", "hey_house_v0.2.onnx"), "weights");
    const word = (await load()).find("openwakeword/hey_house");
    expect(word).toMatchObject({ capability: "wake", params: { word: "hey_house" } });
    expect(word?.files.map(({ role }) => role)).toEqual(["melspectrogram", "embedding", "word"]);
    const [source] = word?.sources ?? [];
    const parts = source?.kind === "parts" ? source.parts : [];
    const members = parts[0]?.kind === "npm" ? parts[0].members : [];
    expect(members.map(({ role }) => role)).toEqual(["melspectrogram", "embedding"]);
    expect(parts[1]).toEqual({
      kind: "file",
      dir: join(dir, "wake"),
      names: { word: "hey_house_v0.2.onnx" },
    });
  });

  it("are left out with a sentence each where a file is missing or broken, and the rest is loaded", async () => {
    await writeFile(join(dir, "lonely.onnx"), "weights");
    await writeFile(join(dir, "broken.onnx"), "weights");
    await writeFile(join(dir, "broken.onnx.json"), "{");
    await writeFile(join(dir, "mute.onnx"), "weights");
    await writeFile(join(dir, "mute.onnx.json"), "{}");
    await writeFile(join(dir, "(!).onnx"), "weights");
    await writeFile(join(dir, "good.onnx"), "weights");
    await writeFile(join(dir, "good.onnx.json"), JSON.stringify(CONFIG));
    const catalog = await load();
    expect(catalog.find("piper/good")).toBeDefined();
    expect(catalog.byProvider("piper").some(({ id }) => /lonely|broken|mute/.test(id))).toBe(false);
    expect(warnings).toEqual([
      expect.stringContaining("(!).onnx has no usable name"),
      expect.stringContaining("broken.onnx.json is not valid JSON"),
      expect.stringContaining("lonely.onnx.json is missing"),
      expect.stringContaining("mute.onnx.json names no language"),
    ]);
  });

  it("need no folder", async () => {
    expect((await load(join(dir, "nowhere"))).models.length).toBeGreaterThan(50);
    expect(warnings).toEqual([]);
  });
});
