import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { nest } from "../../src/config/check.js";
import { environmentNames } from "../../src/config/environment.js";
import { loadConfig } from "../../src/config/load.js";
import { loaderSettings, providerSettings } from "../../src/config/provider-settings.js";
import { findProvider } from "../../src/engines/registry.js";

/** Every key of the warm-up specification with a value that is not its default, and how the environment writes it. */
const KEYS = [
  ["asr.whisper.preload_models", true, "true"],
  ["asr.whisper.model_size", "small", "small"],
  ["asr.whisper.device", "cuda", "cuda"],
  ["asr.whisper.default_language", "ru", "ru"],
  ["asr.vosk.preload_models", true, "true"],
  ["asr.vosk.default_language", "ru", "ru"],
  ["asr.vosk.model_paths", { ru: "/models/ru", en: "/models/en" }, "ru=/models/ru,en=/models/en"],
  ["tts.silero_v3.preload_models", true, "true"],
  ["tts.silero_v3.default_speaker", "baya", "baya"],
  ["tts.silero_v3.sample_rate", 48_000, "48000"],
  ["tts.silero_v3.torch_device", "cuda", "cuda"],
  ["tts.silero_v3.put_accent", false, "false"],
  ["tts.silero_v3.put_yo", false, "false"],
  ["tts.silero_v3.threads", 3, "3"],
  ["tts.silero_v3.speaker_by_assname", { "николай|николаю": "aidar" }, "николай|николаю=aidar"],
  ["tts.silero_v3.model_path", "/models/silero", "/models/silero"],
  ["tts.silero_v3.model_url", "https://example.org/v3.pt", "https://example.org/v3.pt"],
  ["tts.silero_v4.preload_models", true, "true"],
  ["tts.silero_v4.default_speaker", "random", "random"],
  ["tts.silero_v4.sample_rate", 24_000, "24000"],
  ["tts.silero_v4.torch_device", "cuda", "cuda"],
  ["tts.silero_v4.model_path", "/models/silero", "/models/silero"],
  ["tts.silero_v4.model_url", "https://example.org/v4.pt", "https://example.org/v4.pt"],
  ["tts.vosk_tts.preload_models", true, "true"],
  ["tts.vosk_tts.default_language", "de", "de"],
  ["tts.vosk_tts.sample_rate", 16_000, "16000"],
  ["tts.vosk_tts.voice_speed", 1.5, "1.5"],
  ["tts.vosk_tts.model_path", "/models/vosk-tts", "/models/vosk-tts"],
] as const;

const NONE: ReadonlyMap<string, unknown> = new Map();

function at(path: string, config: unknown): unknown {
  return path.split(".").reduce<unknown>((tree, key) => (tree as Record<string, unknown>)[key], config);
}

/** The configuration a YAML file with these options gives. */
function fromFile(options: object) {
  const dir = mkdtempSync(join(tmpdir(), "irene-keys-"));
  try {
    const file = join(dir, "irene.yaml");
    writeFileSync(file, stringify(options));
    return loadConfig({ env: {}, flags: NONE, file });
  } finally {
    rmSync(dir, { recursive: true });
  }
}

describe("the keys of the warm-up specification", () => {
  it.each(KEYS)("%s is read from a file and from the environment", (key, value, text) => {
    const path = `providers.${key}`;
    const { config, warnings } = fromFile(nest(new Map([[path, value]])));
    expect(at(path, config)).toEqual(value);
    expect(warnings).toEqual([]);
    const [name = ""] = environmentNames(path);
    expect(name).toBe(`IRENE_${path.toUpperCase().replaceAll(".", "__")}`);
    expect(at(path, loadConfig({ env: { [name]: text }, flags: NONE }).config)).toEqual(value);
  });

  it.each(KEYS)("%s is known to the provider that is given it", async (key, value) => {
    const [kind, name = ""] = key.split(".");
    const { config } = fromFile(nest(new Map([[`providers.${key}`, value]])));
    const settings = loaderSettings(providerSettings(config, kind === "asr" ? "stt" : "tts", name));
    const provider = findProvider(name);
    const order = { model: `${name}/none`, provider: name, paths: {}, params: {}, settings };
    const refusal = await provider
      ?.load({ ...order, threads: 1, arena: true }, () => undefined)
      .catch((error: unknown) => error);
    // Without files it fails for them, or for what the machine lacks; not for a setting.
    expect(refusal).toMatchObject({ name: "EngineError" });
    expect(String(refusal)).not.toMatch(/has no setting|The provider \S+ needs/);
  });
});

describe("keys that mean nothing here", () => {
  it("are taken out, each with a sentence about what takes its place", () => {
    const { config, warnings } = fromFile({
      language: "de",
      providers: {
        asr: { whisper: { download_root: "/models", model_size: "tiny" }, vosk: { sample_rate: 16_000 } },
      },
    });
    expect(config.language).toBe("de");
    expect(config.providers.asr.whisper.model_size).toBe("tiny");
    expect(warnings).toEqual([
      "providers.asr.whisper.download_root has no effect and is ignored: models are kept in data_dir.",
      expect.stringMatching(/^providers\.asr\.vosk\.sample_rate has no effect/),
    ]);
  });

  it("do not excuse keys that were never any", () => {
    expect(() => fromFile({ providers: { asr: { whisper: { downloads: "/models" } } } })).toThrow(
      /downloads/,
    );
    expect(() => fromFile({ providers: { asr: "whisper" } })).toThrow(/providers\.asr/);
  });
});
