import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { downloadBytes } from "../../src/catalog/choose.js";
import { loadCatalog } from "../../src/catalog/load.js";
import type { ModelManifest, ModelSource } from "../../src/catalog/manifest.js";

const catalog = await loadCatalog({ program: fileURLToPath(new URL("../../models/", import.meta.url)) });

/** Roles each provider's loader asks for. */
const ROLES: Readonly<Record<string, readonly (readonly string[])[]>> = {
  moonshine: [["encoder", "decoder", "tokens"]],
  whisper: [["encoder", "decoder", "tokens"]],
  sherpa: [
    ["encoder", "decoder", "joiner", "tokens"],
    ["model", "tokens"],
  ],
  vosk: [["dir"]],
  vosk_tts: [["dir"], []],
  piper: [["model", "config", "tokens"]],
  espeak: [[]],
  silero_vad: [["model"]],
  silero_v3: [["model"]],
  silero_v4: [["model"]],
  openwakeword: [["melspectrogram", "embedding", "word"]],
};

const addresses = (source: ModelSource): readonly string[] => {
  if (source.kind === "http") return Object.values(source.urls);
  if (source.kind === "archive") return [source.url];
  return source.kind === "parts" ? source.parts.flatMap(addresses) : [];
};

const each = (check: (model: ModelManifest) => void) => {
  for (const model of catalog.models) check(model);
};

describe("the shipped catalog", () => {
  it("gives every provider the roles its loader asks for", () => {
    each(({ id, provider, files }) => {
      const roles = files.map(({ role }) => role);
      expect(ROLES[provider], id).toContainEqual(roles);
    });
  });

  it("fetches everything encrypted, and says of which size", () => {
    each((model) => {
      for (const url of model.sources.flatMap(addresses))
        expect(url, model.id).toMatch(/^https:\/\/[^{}\s]+$/);
      if (model.files.length > 0 && !model.provider.startsWith("silero_v")) {
        expect(downloadBytes(model), model.id).toBeGreaterThan(100_000);
      }
    });
  });

  it("pins the contents of every npm package", () => {
    each(({ id, sources }) => {
      const members = sources.flatMap((source) => (source.kind === "npm" ? source.members : []));
      for (const { integrity } of members) expect(integrity, id).toMatch(/^sha512-/);
    });
  });

  it("estimates memory no smaller than the weights, and ranks every model", () => {
    each((model) => {
      const { steadyBytes, loadPeakBytes } = model.memory;
      expect(loadPeakBytes, model.id).toBeGreaterThanOrEqual(steadyBytes);
      if (model.sources[0]?.kind === "http") {
        expect(steadyBytes, model.id).toBeGreaterThan(downloadBytes(model) ?? 0);
      }
      expect(model.quality, model.id).toBeGreaterThan(0);
    });
  });

  it("marks what forbids commercial use", () => {
    const forbidden = catalog.models
      .filter(({ licence }) => !licence.commercial)
      .map(({ provider }) => provider);
    expect(new Set(forbidden)).toEqual(new Set(["openwakeword", "piper", "silero_v3", "silero_v4"]));
    each(({ id, licence }) => {
      if (/-NC\b/.test(licence.id)) expect(licence.commercial, id).toBe(false);
    });
  });

  it("has a Piper voice for each of thirty languages, and small Vosk models for twenty", () => {
    const languages = (provider: string) =>
      new Set(
        catalog.byProvider(provider).flatMap((model) => model.languages.map((code) => code.slice(0, 2))),
      );
    expect(languages("piper").size).toBeGreaterThanOrEqual(30);
    expect(languages("vosk").size).toBeGreaterThanOrEqual(20);
  });

  it("knows Vosk models by the names of their site", () => {
    expect(catalog.find("vosk/vosk-model-small-ru-0.22")?.id).toBe("vosk/ru_small");
    const [source] = catalog.find("vosk/ru_small")?.sources ?? [];
    expect(source).toMatchObject({ url: "https://alphacephei.com/vosk/models/vosk-model-small-ru-0.22.zip" });
    expect(catalog.find("vosk/ru_small")?.params).toEqual({ language: "ru" });
  });
});
