import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ownFolders } from "../../src/app/own-folders.js";
import type { Catalog } from "../../src/catalog/catalog.js";
import { loadCatalog } from "../../src/catalog/load.js";
import { loadConfig } from "../../src/config/load.js";

describe("ownFolders", () => {
  let dir: string;
  let catalog: Catalog;
  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), "irene-own-"));
    catalog = await loadCatalog({ program: fileURLToPath(new URL("../../models", import.meta.url)) });
  });
  afterEach(() => rmSync(dir, { recursive: true }));
  const own = (env: Record<string, string>) =>
    ownFolders(catalog, loadConfig({ env, flags: new Map() }).config);

  it("takes a folder for the model whose files it holds", () => {
    for (const part of ["encoder.int8.onnx", "decoder.int8.onnx", "tokens.txt"]) {
      writeFileSync(join(dir, `base-${part}`), "x");
    }
    const [model] = own({ IRENE_PROVIDERS__ASR__WHISPER__MODEL_PATH: dir });
    expect(model).toMatchObject({ id: "whisper/own", provider: "whisper", capability: "stt" });
    expect(model?.title).toContain("Base");
    expect(model?.sources).toEqual([{ kind: "file", dir }]);
    expect(model?.files.some(({ sha256 }) => sha256 !== undefined)).toBe(false);
  });

  it("gives Vosk a folder for each language", () => {
    mkdirSync(join(dir, "it"));
    const [model] = own({ IRENE_PROVIDERS__ASR__VOSK__MODEL_PATHS: `it=${join(dir, "it")}` });
    expect(model).toMatchObject({ id: "vosk/own-it", languages: ["it"] });
  });

  it("refuses a folder without a model, naming the option and what is needed", () => {
    expect(() => own({ IRENE_PROVIDERS__ASR__MOONSHINE__MODEL_PATH: dir })).toThrow(
      /providers\.asr\.moonshine\.model_path: .* holds no model of this provider\. It needs files such as encoder_model\.onnx/,
    );
  });

  it("has nothing without such a setting", () => {
    expect(own({})).toEqual([]);
  });
});
