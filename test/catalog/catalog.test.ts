import { describe, expect, it } from "vitest";
import { Catalog } from "../../src/catalog/catalog.js";
import { manifest } from "../fixtures/manifests.js";

const german = manifest({ id: "piper/de", capability: "tts", languages: ["de_DE"], quality: 60 });
const austrian = manifest({ id: "piper/at", capability: "tts", languages: ["de_AT"], quality: 40 });
const robot = manifest({ id: "espeak/espeak-ng", capability: "tts", languages: ["de", "en"], quality: 10 });
const whisper = manifest({
  id: "whisper/tiny",
  languages: ["en", "de"],
  quality: 40,
  aliases: ["small-one"],
});
const moonshine = manifest({ id: "moonshine/tiny", languages: ["en"], quality: 50 });
const catalog = new Catalog([german, austrian, robot, whisper, moonshine]);

describe("Catalog", () => {
  it("finds a model by id and by alias", () => {
    expect(catalog.find("whisper/tiny")).toBe(whisper);
    expect(catalog.find("whisper/small-one")).toBe(whisper);
    expect(catalog.find("whisper/large")).toBeUndefined();
  });

  it("understands a name without its provider, taking the best where several have it", () => {
    expect(catalog.lookUp("small-one")).toBe(whisper);
    expect(catalog.lookUp("tiny")).toBe(moonshine);
    expect(catalog.lookUp("tiny", "tts")).toBeUndefined();
    expect(catalog.lookUp("whisper/tiny", "tts")).toBeUndefined();
  });

  it("takes a model's own name before another's alias, whichever is better", () => {
    const other = manifest({ id: "moonshine/tiny-en", aliases: ["little"], quality: 90 });
    const own = manifest({ id: "whisper/little", quality: 10 });
    expect(new Catalog([other, own]).lookUp("little")).toBe(own);
    expect(new Catalog([other]).lookUp("little")).toBe(other);
  });

  it("lists by provider and capability", () => {
    expect(catalog.byProvider("piper")).toEqual([german, austrian]);
    expect(catalog.byCapability("stt")).toEqual([whisper, moonshine]);
  });

  it("lists by language, an exact region first, then by quality", () => {
    expect(catalog.byLanguage("tts", "de-AT")).toEqual([austrian, german, robot]);
    expect(catalog.byLanguage("tts", "de")).toEqual([german, austrian, robot]);
    expect(catalog.byLanguage("tts", "fr")).toEqual([]);
  });

  it("tells the languages of a capability without regions", () => {
    expect(catalog.languages("tts")).toEqual(["de", "en"]);
  });

  it("gives a new catalog when models are added, ours replaced by id", () => {
    const better = manifest({ ...whisper, quality: 99 });
    const more = catalog.with([better]);
    expect(more.find("whisper/tiny")).toBe(better);
    expect(more.models).toHaveLength(5);
    expect(catalog.find("whisper/tiny")).toBe(whisper);
  });
});
