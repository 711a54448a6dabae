import { describe, expect, it } from "vitest";
import { speechRequest, spokenKey } from "../../src/sessions/speech-request.js";
import type { SynthesizeRequest } from "../../src/sessions/voice.js";
import { manifestOf, textToSpeech } from "../fixtures/scripted-leaser.js";

const voice = (...languages: string[]) => manifestOf({ id: "piper/amy", loaded: textToSpeech(), languages });
const request = (change: Partial<SynthesizeRequest> = {}): SynthesizeRequest => ({
  origin: { gateway: "cli" },
  text: "21",
  ...change,
});

describe("speechRequest", () => {
  it.each([
    ["the language asked for", ["en_US"], "de", "ru", "de"],
    ["the language of the text where the voice knows it", ["en", "ru_RU"], undefined, "ru", "ru"],
    ["the voice's own for a text in another", ["en_US"], undefined, "ru", "en_US"],
    ["the voice's own when nobody can tell", ["de_DE", "en"], undefined, undefined, "de_DE"],
    ["the language of the text for a voice without one", [], undefined, "ru", "ru"],
    ["none when there is none", [], undefined, undefined, undefined],
  ] as const)("reads in %s", (_, languages, asked, guessed, expected) => {
    const given = request(asked ? { language: asked } : {});
    const { language } = speechRequest(voice(...languages), given, guessed ? { guessed } : {});
    expect(language).toBe(expected);
  });

  it("prepares the text in the language it is read in", () => {
    const prepare = (text: string, language: string) => `${text} in ${language}`;
    expect(speechRequest(voice("de_DE"), request(), { prepare }).text).toBe("21 in de_DE");
  });

  it("leaves SSML to the engine", () => {
    const prepare = () => "prepared";
    const given = request({ text: "<speak/>", ssml: true });
    expect(speechRequest(voice("en"), given, { prepare })).toMatchObject({ text: "<speak/>", ssml: true });
  });

  it("passes on how it is to be spoken", () => {
    const given = request({ speaker: "mary", speed: 1.25 });
    expect(speechRequest(voice("en"), given, {})).toEqual({
      text: "21",
      language: "en",
      speaker: "mary",
      speed: 1.25,
    });
  });
});

describe("spokenKey", () => {
  it("holds everything that changes the sound, after preparation", () => {
    const prepare = () => "twenty-one";
    const given = request({ speed: 2, rateHz: 8_000 });
    expect(spokenKey(voice("en"), given, { prepare })).toEqual({
      voice: "piper/amy",
      text: "twenty-one",
      language: "en",
      speed: 2,
      rateHz: 8_000,
    });
  });
});
