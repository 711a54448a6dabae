import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { loadCatalog } from "../../src/catalog/load.js";
import { type LoadedConfig, loadConfig } from "../../src/config/load.js";
import { PROVIDERS } from "../../src/engines/registry.js";
import { preloadHouse } from "../fixtures/preload-house.js";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const catalog = await loadCatalog({ program: join(ROOT, "models") });

/** The examples of DOCS.md below "Three set-ups", in their order. */
const EXAMPLES = (() => {
  const page = readFileSync(join(ROOT, "DOCS.md"), "utf8");
  const chapter = page.slice(page.indexOf("## Three set-ups"), page.indexOf("### Which one?"));
  return [...chapter.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text]) => text ?? "");
})();

/** Settings as the add-on's options page or a file gives them. */
function load(text: string, kind: "page" | "file"): LoadedConfig {
  const dir = mkdtempSync(join(tmpdir(), "irene-set-ups-"));
  try {
    const file = join(dir, kind === "page" ? "options.json" : "irene.yaml");
    writeFileSync(file, kind === "page" ? JSON.stringify(parse(text)) : text);
    return kind === "page"
      ? loadConfig({ env: { SUPERVISOR_TOKEN: "token", IRENE_OPTIONS_FILE: file }, flags: new Map() })
      : loadConfig({ env: {}, flags: new Map(), file });
  } finally {
    rmSync(dir, { recursive: true });
  }
}

/** A board with room for all, every provider installed, nothing downloaded yet. */
async function started({ config, warnings }: LoadedConfig) {
  expect(warnings).toEqual([]);
  const usable = new Set(PROVIDERS.map(({ name }) => name));
  const house = preloadHouse({ catalog, usable, config, budgetBytes: 4e9, onDisk: false });
  await house.preload.start();
  const answers = (capability: "stt" | "tts") => house.ladder.ladder(capability, {}).map(({ id }) => id);
  return { ...house, answers };
}

describe("the set-ups of the documentation", () => {
  it("are four examples", () => {
    expect(EXAMPLES).toHaveLength(4);
  });

  it("minimal: loads nothing, and lets models leave again", async () => {
    const loaded = load(EXAMPLES[0] ?? "", "page");
    const { warmed, preload, log } = await started(loaded);
    expect(warmed).toEqual([]);
    expect(preload.state()).toMatchObject({ wanted: new Set(), lacking: [] });
    expect(log.lines.at(-1)?.message).toMatch(/^Nothing to warm up/);
    expect(loaded.config.keep_alive).toBe(600);
  });

  it("performance: warms both that answer and the reserve, in the order of a conversation", async () => {
    const { warmed, answers } = await started(load(EXAMPLES[1] ?? "", "page"));
    expect(warmed.map((id) => id.split("/")[0])).toEqual(["silero_vad", "whisper", "vosk", "silero_v3"]);
    expect(answers("stt")[0]).toMatch(/^whisper\//);
    expect(answers("tts")[0]).toBe("silero_v3/v3_ru");
    for (const id of warmed.slice(1)) expect(catalog.find(id)?.languages).toContain("ru");
  });

  it("selective: warms the two that are named, and keeps the reserve for when it is needed", async () => {
    const loaded = load(EXAMPLES[2] ?? "", "page");
    const { warmed, answers } = await started(loaded);
    expect(warmed).toEqual([expect.stringMatching(/^silero_vad/), "whisper/small", "silero_v3/v3_ru"]);
    expect(answers("stt").some((id) => id.startsWith("vosk/"))).toBe(true);
    expect(loaded.config.memory_budget).toBe("60%");
  });

  it("selective in a file: warms the providers with preload_models and nothing else", async () => {
    const { warmed, answers } = await started(load(EXAMPLES[3] ?? "", "file"));
    expect(warmed).toEqual(["whisper/small", "silero_v3/v3_ru"]);
    expect(answers("stt")[0]).toBe("whisper/small");
  });

  it("performance with priorities: warms the reserve before the one that answers", async () => {
    const { config, ...rest } = load(EXAMPLES[1] ?? "", "page");
    const { asr } = config.providers;
    const providers = { ...config.providers, asr: { ...asr, vosk: { ...asr.vosk, priority: 2 } } };
    const { warmed, answers } = await started({ ...rest, config: { ...config, providers } });
    expect(warmed.map((id) => id.split("/")[0])).toEqual(["silero_vad", "vosk", "whisper", "silero_v3"]);
    expect(answers("stt")[0]).toMatch(/^whisper\//);
  });

  it.each([
    ["IRENE_PROVIDERS__ASR__VOSK__PRELOAD_MODELS", "IRENE_PROVIDERS__TTS__SILERO_V3__PRELOAD_MODELS"],
    ["IRENE_ASR__PROVIDERS__VOSK__PRELOAD_MODELS", "IRENE_TTS__PROVIDERS__SILERO_V3__PRELOAD_MODELS"],
  ])("by the environment: %s and %s warm their providers", async (...names) => {
    const env = Object.fromEntries(names.map((name) => [name, "true"]));
    const flags = new Map<string, unknown>([
      ["language", "ru"],
      ["preload", false],
    ]);
    const { warmed } = await started(loadConfig({ env, flags }));
    expect(warmed).toEqual(["vosk/ru_small", "silero_v3/v3_ru"]);
  });
});
