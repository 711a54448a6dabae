import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ConfigError } from "../../src/base/errors.js";
import { loadCatalog } from "../../src/catalog/load.js";

const ENTRY = `
provider: talker
capability: tts
models:
  one:
    title: One
    languages: [de_DE]
    licence: MIT
    attribution: {name: Somebody, url: https://example.org}
    quality: 50
    memory: {peak: 20 MB, steady: 10 MB}
    files: {model: "{id}.onnx"}
    sources:
      - http: https://example.org/voices
`;

describe("loadCatalog", () => {
  let dir: string;
  let program: string;
  let user: string;

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "catalog-"));
    program = join(dir, "models");
    user = join(dir, "catalog");
    await mkdir(program);
    await mkdir(user);
  });
  afterEach(() => rm(dir, { recursive: true }));

  async function failure(): Promise<string> {
    const error: unknown = await loadCatalog({ program, user }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ConfigError);
    expect((error as ConfigError).code).toBe("config-invalid");
    return (error as ConfigError).message;
  }

  it("reads every file of the program and of the user", async () => {
    await writeFile(join(program, "a.yaml"), ENTRY);
    await writeFile(join(user, "b.yaml"), ENTRY.replace("talker", "speaker"));
    const catalog = await loadCatalog({ program, user });
    expect(catalog.models.map(({ id }) => id)).toEqual(["talker/one", "speaker/one"]);
  });

  it("lets the user's entry replace one of the same id", async () => {
    await writeFile(join(program, "a.yaml"), ENTRY);
    await writeFile(join(user, "mine.yaml"), ENTRY.replace("quality: 50", "quality: 90"));
    const catalog = await loadCatalog({ program, user });
    expect(catalog.models).toHaveLength(1);
    expect(catalog.find("talker/one")?.quality).toBe(90);
    expect(catalog.find("talker/one")?.origin).toBe(`${user}/mine.yaml:6`);
  });

  it("does without a folder of the user", async () => {
    await writeFile(join(program, "a.yaml"), ENTRY);
    await rm(user, { recursive: true });
    expect((await loadCatalog({ program, user })).models).toHaveLength(1);
    expect((await loadCatalog({ program })).models).toHaveLength(1);
  });

  it("names file and line of every mistake of every file at once", async () => {
    await writeFile(
      join(program, "a.yaml"),
      ENTRY.replace("quality: 50", "quality: 150")
        .replace("title: One", "titel: One")
        .replace("{id}", "{name}"),
    );
    await writeFile(join(user, "b.yaml"), ENTRY.replace("https://example.org/voices", "voices"));
    const lines = (await failure()).split("\n");
    expect(lines[0]).toBe("The model catalog has 5 mistakes:");
    expect(lines).toContain('models/a.yaml:10: talker/one: "quality" must be a number from 0 to 100');
    expect(lines).toContain('models/a.yaml:6: talker/one: "title" is missing');
    expect(lines.find((line) => line.startsWith("models/a.yaml:6"))).toBeDefined();
    expect(lines).toContain("models/a.yaml:12: talker/one: nothing is known as {name}");
    expect(lines.find((line) => line.includes('"titel" is not known here'))).toBeDefined();
    expect(lines.find((line) => line.startsWith(`${user}/b.yaml:14: talker/one:`))).toContain(
      "http(s) address",
    );
  });

  it("reports broken YAML with its line", async () => {
    await writeFile(join(program, "a.yaml"), "provider: talker\nmodels: [\n");
    expect(await failure()).toMatch(/models\/a\.yaml:\d+: /);
  });

  it("refuses two entries of one id in the program's own files", async () => {
    await writeFile(join(program, "a.yaml"), ENTRY);
    await writeFile(join(program, "b.yaml"), ENTRY);
    expect(await failure()).toContain("models/b.yaml:6: talker/one is already defined at models/a.yaml:6");
  });

  it("refuses an alias that already means another model", async () => {
    await writeFile(join(program, "a.yaml"), `${ENTRY}    aliases: [uno]\n`);
    await writeFile(join(user, "b.yaml"), `${ENTRY.replace("  one:", "  two:")}    aliases: [uno, one]\n`);
    const message = await failure();
    expect(message).toContain("the alias talker/uno already means talker/one");
    expect(message).toContain("the alias talker/one already means talker/one");
  });

  it("reads the catalog this program comes with", async () => {
    const models = fileURLToPath(new URL("../../models/", import.meta.url));
    const catalog = await loadCatalog({ program: models });
    const ids = catalog.models.map(({ id }) => id);
    expect(ids).toEqual(
      expect.arrayContaining(["moonshine/base-en", "silero_vad/v5", "whisper/tiny", "espeak/espeak-ng"]),
    );
    // Settled by measurement; others find out on their own board.
    expect(catalog.find("moonshine/base-en")?.memory.arena).toBe(false);
    expect(catalog.find("whisper/tiny")?.memory.arena).toBeUndefined();
    for (const { memory, id } of catalog.models)
      expect(memory.loadPeakBytes, id).toBeGreaterThanOrEqual(memory.steadyBytes);
  });
});
