import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { GIB, MIB } from "../../src/base/units.js";
import type { Board } from "../../src/catalog/board.js";
import { Catalog } from "../../src/catalog/catalog.js";
import { type ChoiceRequest, choose } from "../../src/catalog/choose.js";
import { loadCatalog } from "../../src/catalog/load.js";
import { manifest } from "../fixtures/manifests.js";

const PI5: Board = { memoryBudgetBytes: 2 * GIB, cores: 4, cpuFlags: ["asimddp"], arch: "arm64" };
const PI4_1GB: Board = { memoryBudgetBytes: 400 * MIB, cores: 4, cpuFlags: ["asimd"], arch: "arm64" };

const request = (parts: Partial<ChoiceRequest> = {}): ChoiceRequest => ({
  capability: "stt",
  language: "en",
  board: PI5,
  present: new Set(),
  allowNonCommercial: true,
  ...parts,
});

const memory = (bytes: number) => ({ loadPeakBytes: bytes, steadyBytes: bytes });
const large = manifest({ id: "a/large", quality: 90, memory: memory(1500e6), languages: ["en", "de"] });
const middle = manifest({ id: "b/middle", quality: 70, memory: memory(300e6) });
const small = manifest({ id: "c/small", quality: 40, memory: memory(100e6), languages: ["en", "de"] });
const catalog = new Catalog([small, large, middle]);
const ids = (models: readonly { id: string }[]) => models.map(({ id }) => id);

describe("choose", () => {
  it("takes the best that fits and lists the others as rungs below it", () => {
    const { model, rungs, why } = choose(catalog, request());
    expect(model).toBe(large);
    expect(ids(rungs)).toEqual(["b/middle", "c/small"]);
    expect(why).toBe(
      "best of 3 speech-to-text models for en that fit: quality 90 of 100, needs 1.5 GB, still to be downloaded",
    );
  });

  it("leaves out what is larger than the budget and says so", () => {
    const choice = choose(catalog, request({ board: PI4_1GB }));
    expect(choice.model).toBe(middle);
    expect(choice.leftOut).toEqual([{ id: "a/large", why: "needs 1.5 GB of the 419 MB for models" }]);
  });

  it("answers for the language asked, whatever way its code is written", () => {
    expect(ids([choose(catalog, request({ language: "de-DE" })).model ?? small])).toEqual(["a/large"]);
    const none = choose(catalog, request({ language: "fi" }));
    expect(none.model).toBeUndefined();
    expect(none.why).toBe("the catalog has no speech-to-text model for fi");
  });

  it("puts a model that is too slow for the board behind quicker ones of lower quality", () => {
    const heavy = manifest({ ...large, computeSeconds: 10 });
    const both = new Catalog([heavy, small]);
    expect(choose(both, request()).model).toBe(heavy);
    const pi4: Board = { ...PI4_1GB, memoryBudgetBytes: 2 * GIB };
    expect(choose(both, request({ board: pi4 })).model).toBe(small);
    const only = choose(new Catalog([heavy]), request({ board: pi4 }));
    expect(only.model).toBe(heavy);
    expect(only.why).toContain("only speech-to-text model for en that fits");
    expect(only.why).toContain("though slow on this board");
  });

  it("prefers a present model to a hardly better download, not to a much better one", () => {
    const rival = manifest({ ...middle, id: "d/rival", quality: 68 });
    const two = new Catalog([middle, rival, small]);
    expect(choose(two, request({ present: new Set(["d/rival"]) })).model).toBe(rival);
    expect(choose(two, request({ present: new Set(["c/small"]) })).model).toBe(middle);
  });

  it("keeps to what is on disk when offline", () => {
    expect(choose(catalog, request({ offline: true, present: new Set(["c/small"]) })).model).toBe(small);
    const none = choose(catalog, request({ offline: true }));
    expect(none.model).toBeUndefined();
    expect(none.why).toContain("is not on disk and downloads are off");
  });

  it("begins no huge download unasked, but uses the model once it is there", () => {
    const huge = manifest({ ...large, downloadBytes: 900e6 });
    const two = new Catalog([huge, small]);
    expect(choose(two, request()).model).toBe(small);
    expect(choose(two, request({ present: new Set(["a/large"]) })).model).toBe(huge);
    expect(choose(two, request({ maxDownloadBytes: GIB })).model).toBe(huge);
  });

  it("leaves out non-commercial licences where they are not allowed", () => {
    const restricted = manifest({ ...large, licence: { id: "CC-BY-NC-4.0", commercial: false } });
    const two = new Catalog([restricted, small]);
    expect(choose(two, request()).model).toBe(restricted);
    expect(choose(two, request({ allowNonCommercial: false })).model).toBe(small);
  });

  it("leaves out providers this build cannot run", () => {
    const choice = choose(catalog, request({ providers: new Set(["b", "c"]) }));
    expect(choice.model).toBe(middle);
    expect(choice.leftOut).toEqual([{ id: "a/large", why: "this build cannot run a" }]);
  });

  it("takes the voice of the region asked for before an equal one of another", () => {
    const british = manifest({ id: "piper/gb", capability: "tts", languages: ["en_GB"] });
    const american = manifest({ id: "piper/us", capability: "tts", languages: ["en_US"], quality: 52 });
    const voices = new Catalog([british, american]);
    expect(choose(voices, request({ capability: "tts", language: "en-GB" })).model).toBe(british);
    expect(choose(voices, request({ capability: "tts", language: "en" })).model).toBe(american);
  });
});

describe("choose with the catalog this program comes with", async () => {
  const shipped = await loadCatalog({ program: fileURLToPath(new URL("../../models/", import.meta.url)) });

  it("takes Moonshine Base for English on a Pi 5, a Pi 4 with little memory and a PC", () => {
    const pc: Board = {
      memoryBudgetBytes: 12 * GIB,
      cores: 2,
      cpuFlags: ["avx2", "avx512_vnni"],
      arch: "x64",
    };
    for (const board of [PI5, PI4_1GB, pc]) {
      expect(choose(shipped, request({ board })).model?.id).toBe("moonshine/base-en");
    }
  });

  it("has a model for every capability, and a voice for each of many languages", () => {
    expect(choose(shipped, request({ capability: "vad" })).model?.id).toBe("silero_vad/v5");
    for (const language of ["en", "de", "fr", "es", "it", "nl", "pl", "pt", "ru", "uk", "cs", "zh", "ar"]) {
      expect(choose(shipped, request({ language })).model, `stt ${language}`).toBeDefined();
      expect(
        choose(shipped, request({ language, capability: "tts" })).model,
        `tts ${language}`,
      ).toBeDefined();
    }
  });
});
