import { describe, expect, it } from "vitest";
import { EngineError } from "../../src/base/errors.js";
import type { SynthesizeRequest } from "../../src/sessions/voice.js";
import { type ScriptedModel, textToSpeech } from "../fixtures/scripted-leaser.js";
import { sessionBench } from "../fixtures/session-bench.js";
import { collect } from "../fixtures/streams.js";
import { sine } from "../fixtures/tones.js";

const TEXT = "Свет включён. The light is on. Дверь открыта.";
const languageOf = (text: string) =>
  /\p{Script=Greek}/u.test(text) ? undefined : /\p{Script=Cyrillic}/u.test(text) ? "ru" : "en";

/** A voice that notes what it says, and in which language. */
function bench(change: Partial<ScriptedModel> = {}) {
  const said: string[] = [];
  const model: ScriptedModel = {
    id: "piper/any",
    languages: ["ru", "en"],
    loaded: textToSpeech(16_000),
    speak: async function* ({ text, language }) {
      said.push(`${language}: ${text}`);
      yield sine(440, 16_000, 1_600);
    },
    ...change,
  };
  const house = sessionBench([model], {}, { languageOf });
  const speak = (more: Partial<SynthesizeRequest> = {}) =>
    house.voice.synthesize({ origin: { gateway: "wyoming" }, text: TEXT, ...more });
  return { ...house, speak, said };
}

describe("a text in several scripts", () => {
  it("is spoken part by part, each in its language, all in one format", async () => {
    const { speak, said, leaser, requests } = bench();
    const session = speak();
    expect(leaser.prefetched).toEqual(["piper/any", "piper/any"]);
    expect(await session.format).toMatchObject({ rateHz: 16_000 });
    expect(await collect(session.audio)).toHaveLength(3);
    expect(said).toEqual(["ru: Свет включён.", "en: The light is on.", "ru: Дверь открыта."]);
    expect(
      leaser.ladderRequests.filter(({ text }) => text !== undefined).map(({ language }) => language),
    ).toEqual(["en", "ru", "ru", "en", "ru"]);
    expect([leaser.held, leaser.open, requests.snapshot().active]).toEqual([0, 0, 0]);
  });

  it("keeps the rate of its first part, whatever that of the other voices is", async () => {
    const { speak, trace } = bench();
    const session = speak({ rateHz: 22_050 });
    expect(await session.format).toMatchObject({ rateHz: 22_050 });
    const bytes = (await collect(session.audio)).reduce((sum, { length }) => sum + length, 0);
    expect(bytes).toBe(3 * 2 * Math.ceil((1_600 * 22_050) / 16_000));
    expect(trace()?.outcome).toBe("done");
  });

  it.each([
    ["a voice", { voice: "piper/any" }],
    ["a language", { language: "ru" }],
    ["SSML", { ssml: true }],
    ["text in a script that no voice has between", { text: "The light is on. Καλημέρα σας." }],
  ])("is spoken in one piece when the request names %s", async (_, more) => {
    const { speak, said } = bench();
    await collect(speak(more).audio);
    expect(said).toHaveLength(1);
  });

  it("stops in the middle when nobody listens any more", async () => {
    const { speak, said, leaser, requests } = bench();
    for await (const _ of speak().audio) break;
    expect(said).toHaveLength(1);
    expect([leaser.held, leaser.open, requests.snapshot().active]).toEqual([0, 0, 0]);
  });

  it("stops between its parts when it is cancelled there", async () => {
    const { speak, said, leaser } = bench();
    const session = speak();
    await expect(
      (async () => {
        for await (const _ of session.audio) session.cancel();
      })(),
    ).rejects.toMatchObject({ code: "cancelled" });
    expect(said).toHaveLength(1);
    expect([leaser.held, leaser.open]).toEqual([0, 0]);
  });

  it("fails as the part that cannot be spoken does", async () => {
    const { speak, leaser } = bench({
      speak: async function* ({ language }) {
        if (language === "en") throw new EngineError("engine-failed", "The text is odd.");
        yield sine(440, 16_000, 1_600);
      },
    });
    await expect(collect(speak().audio)).rejects.toThrow("The text is odd.");
    expect([leaser.held, leaser.open]).toEqual([0, 0]);
  });
});
