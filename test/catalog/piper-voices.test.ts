import { describe, expect, it } from "vitest";
import { Catalog } from "../../src/catalog/catalog.js";
import { parsePiperIndex, piperVoice } from "../../src/catalog/piper-voices.js";

const INDEX = JSON.stringify({
  "uk_UA-choir-medium": {
    speaker_id_map: { mykyta: 1, lada: 0 },
    files: {
      "uk/uk_UA/choir/medium/uk_UA-choir-medium.onnx": {
        size_bytes: 76_735_663,
        md5_digest: "3366c3d4f31cb77966fb14d042956b4f",
      },
      "uk/uk_UA/choir/medium/uk_UA-choir-medium.onnx.json": { size_bytes: 10, md5_digest: "not a sum" },
    },
  },
  broken: null,
});

describe("piperVoice", () => {
  it("knows from a voice's name where its files lie and what makes them loadable", () => {
    const voice = piperVoice("de_DE-thorsten_emotional-medium");
    expect(voice?.id).toBe("piper/de_DE-thorsten_emotional-medium");
    expect(voice?.languages).toEqual(["de_DE"]);
    const base =
      "https://huggingface.co/rhasspy/piper-voices/resolve/main/de/de_DE/thorsten_emotional/medium/de_DE-thorsten_emotional-medium.onnx";
    expect(voice?.sources).toEqual([
      {
        kind: "http",
        urls: { model: base, config: `${base}.json` },
        recipes: { model: "piper-metadata", tokens: "piper-tokens" },
      },
    ]);
  });

  it("writes letters beyond ASCII as addresses need them", () => {
    const [source] = piperVoice("pt_PT-tugão-medium")?.sources ?? [];
    expect(source?.kind === "http" && source.urls["model"]).toContain(
      "/pt/pt_PT/tug%C3%A3o/medium/pt_PT-tug%C3%A3o-medium.onnx",
    );
  });

  it("knows no voice by any other name", () => {
    for (const name of [
      "thorsten",
      "de_DE-thorsten",
      "de_DE-thorsten-huge",
      "de-thorsten-low",
      "../x_YY-z-low",
      "",
    ]) {
      expect(piperVoice(name), name).toBeUndefined();
    }
  });

  it("adds size, checksum and speakers from the index, and knows only voices that are in it", () => {
    const index = parsePiperIndex(INDEX);
    const voice = piperVoice("uk_UA-choir-medium", index);
    expect(voice?.downloadBytes).toBe(76_735_663);
    expect(voice?.files[0]).toEqual({
      role: "model",
      path: "uk_UA-choir-medium.onnx",
      md5: "3366c3d4f31cb77966fb14d042956b4f",
    });
    expect(voice?.files[1]).not.toHaveProperty("md5");
    expect(voice?.speakers).toEqual(["lada", "mykyta"]);
    expect(piperVoice("uk_UA-unheard-medium", index)).toBeUndefined();
  });

  it("takes nothing for an index that is none", () => {
    for (const text of ["", "{", "[]", "null", "{}", '{"a":1}'])
      expect(parsePiperIndex(text), text).toBeUndefined();
  });
});

describe("Catalog", () => {
  it("finds a Piper voice without an entry, by id and by name", () => {
    const catalog = new Catalog([]);
    expect(catalog.find("piper/fr_FR-gilles-low")?.languages).toEqual(["fr_FR"]);
    expect(catalog.lookUp("fr_FR-gilles-low", "tts")?.id).toBe("piper/fr_FR-gilles-low");
    expect(catalog.lookUp("fr_FR-gilles-low", "stt")).toBeUndefined();
    expect(catalog.find("whisper/fr_FR-gilles-low")).toBeUndefined();
  });

  it("keeps the index when models are added", () => {
    const catalog = new Catalog([], parsePiperIndex(INDEX)).with([]);
    expect(catalog.find("piper/fr_FR-gilles-low")).toBeUndefined();
    expect(catalog.find("piper/uk_UA-choir-medium")).toBeDefined();
  });
});
