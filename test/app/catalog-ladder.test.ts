import { describe, expect, it } from "vitest";
import { CatalogLadder, type LadderFacts } from "../../src/app/catalog-ladder.js";
import { Catalog } from "../../src/catalog/catalog.js";
import type { LadderRequest } from "../../src/sessions/ladder.js";
import { manifest } from "../fixtures/manifests.js";

const MODELS = [
  manifest({ id: "whisper/base", quality: 50, downloadBytes: 160e6 }),
  manifest({ id: "whisper/small", quality: 62, downloadBytes: 374e6 }),
  manifest({ id: "vosk/small", quality: 55, downloadBytes: 40e6 }),
  manifest({ id: "vosk/ru", quality: 90, languages: ["ru"] }),
];

function ladder(changes: Partial<LadderFacts> = {}): CatalogLadder {
  return new CatalogLadder(() => ({
    catalog: new Catalog(MODELS),
    board: { memoryBudgetBytes: 2e9, cores: 4, cpuFlags: ["asimddp"], arch: "arm64" },
    language: "en",
    wanted: {},
    wakeWords: [],
    providers: new Set(["whisper", "vosk"]),
    sizeOf: () => "auto",
    present: new Set(),
    offline: false,
    reachable: () => true,
    ...changes,
  }));
}
const first = (changes: Partial<LadderFacts>) => ladder(changes).ladder("stt", {})[0]?.id;

describe("the model somebody named", () => {
  it("goes before a better one, and is the provider's best where a provider was named", () => {
    expect(first({})).toBe("vosk/small");
    expect(first({ wanted: { stt: "whisper" } })).toBe("whisper/base");
    expect(first({ wanted: { stt: "whisper/small" } })).toBe("whisper/small");
  });

  it("may be a large download when its size was named, and not otherwise", () => {
    const sizeOf = (provider: string) => (provider === "whisper" ? "small" : "auto");
    expect(first({ wanted: { stt: "whisper" }, sizeOf })).toBe("whisper/small");
    expect(first({ sizeOf })).toBe("vosk/small");
  });

  it("leaves texts in other languages to voices that speak them, and comes after those", () => {
    const voices = [
      manifest({ id: "piper/amy", capability: "tts", languages: ["en_US"] }),
      manifest({ id: "piper/irina", capability: "tts", languages: ["ru_RU"] }),
    ];
    const speaks = (request: LadderRequest, language = "en") =>
      ladder({
        catalog: new Catalog(voices),
        providers: new Set(["piper"]),
        wanted: { tts: "piper/amy" },
        language,
      })
        .ladder("tts", request)
        .map(({ id }) => id);
    expect(speaks({})).toEqual(["piper/amy"]);
    expect(speaks({ language: "en_GB" })).toEqual(["piper/amy"]);
    expect(speaks({ language: "ru" })).toEqual(["piper/irina", "piper/amy"]);
    expect(speaks({ language: "ru", wanted: "amy" })[0]).toBe("piper/amy");
    expect(speaks({ language: "de" })).toEqual(["piper/amy"]);
    // In the language of the house what the user named holds.
    expect(speaks({}, "ru")[0]).toBe("piper/amy");
  });

  it("is as if not named when its provider cannot be used", () => {
    expect(first({ wanted: { stt: "whisper" }, providers: new Set(["vosk"]) })).toBe("vosk/small");
  });
});

describe("a provider with a language of its own", () => {
  const ownLanguage = (named: string) => (named === "vosk" ? "ru" : undefined);

  it("answers in it when a request names none", () => {
    const asked = ladder({ wanted: { stt: "vosk" }, ownLanguage });
    expect(asked.choose("stt", {})).toMatchObject({ language: "ru", rungs: [{ id: "vosk/ru" }] });
    expect(asked.choose("stt", { language: "en" }).rungs[0]?.id).toBe("vosk/small");
  });

  it("is preloaded with the model for it, whoever else answers", () => {
    const { rungs } = ladder({ wanted: { stt: "whisper" }, ownLanguage }).choose("stt", { wanted: "vosk" });
    expect(rungs[0]?.id).toBe("vosk/ru");
  });
});

describe("models whose sources are silent", () => {
  it("are passed over while others answer, and said to be better where they are", () => {
    const reachable = ({ id }: { readonly id: string }) => id !== "vosk/small";
    const { rungs, why, leftOut } = ladder({ reachable }).choose("stt", {});
    expect(rungs.map(({ id }) => id)).toEqual(["whisper/base"]);
    expect(why).toContain("vosk/small would be better, but its source does not answer now");
    expect(leftOut.map(({ id }) => id)).toEqual(["whisper/small", "vosk/small"]);
  });

  it("are taken all the same when all are silent", () => {
    expect(first({ reachable: () => false })).toBe("vosk/small");
  });

  it("do not matter once they are on disk", () => {
    expect(first({ reachable: () => false, present: new Set(["whisper/base"]) })).toBe("whisper/base");
  });
});
