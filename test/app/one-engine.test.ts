import { describe, expect, it } from "vitest";
import { modelsNamed, oneEngine } from "../../src/app/one-engine.js";
import { wakeWordChoice } from "../../src/app/wake-word-choice.js";
import { Catalog } from "../../src/catalog/catalog.js";
import type { VoiceSessions } from "../../src/sessions/voice.js";
import { manifest } from "../fixtures/manifests.js";

const alexa = manifest({
  id: "openwakeword/alexa",
  capability: "wake",
  licence: { id: "CC-BY-NC-SA-4.0", commercial: false },
  files: [],
});
const models = [manifest({ id: "vosk/small-en" }), manifest({ id: "vosk/small-de" }), alexa];
const origin = { gateway: "wyoming" } as const;

/** Sessions that only note what they are asked for. */
function asked() {
  const requests: unknown[] = [];
  const note = (request: unknown): never => {
    requests.push(request);
    return undefined as never;
  };
  const voice: VoiceSessions = { transcribe: note, synthesize: note, detectWake: note };
  return { requests, voice };
}

describe("modelsNamed", () => {
  it.each([
    ["vosk", ["vosk/small-en", "vosk/small-de"]],
    ["vosk/small-de", ["vosk/small-de"]],
    ["alexa", ["openwakeword/alexa"]],
    ["nobody", []],
  ])("finds what %s stands for", (name, ids) => {
    expect(modelsNamed(models, name).map(({ id }) => id)).toEqual(ids);
  });
});

describe("oneEngine", () => {
  it("asks for its engine unless the peer names a model", () => {
    const { requests, voice } = asked();
    const vosk = oneEngine(voice, "vosk", models.slice(0, 2));
    vosk.transcribe({ origin });
    vosk.transcribe({ origin, model: "small-de" });
    vosk.synthesize({ origin, text: "Hi" });
    expect(requests).toEqual([
      { origin, model: "vosk" },
      { origin, model: "small-de" },
      { origin, text: "Hi", voice: "vosk" },
    ]);
  });

  it("listens for the word of a single wake model", () => {
    const { requests, voice } = asked();
    const listener = { origin, words: [], onDetection: () => undefined, onError: () => undefined };
    oneEngine(voice, "alexa", [alexa]).detectWake(listener);
    expect(requests).toEqual([{ ...listener, words: ["alexa"] }]);
  });
});

describe("wakeWordChoice", () => {
  const catalog = new Catalog(models);
  const heard = [{ manifest: alexa, words: ["alexa"] }];

  it("chooses none unasked, and says what to write and which licence that accepts", () => {
    const { words, why } = wakeWordChoice([], catalog, []);
    expect(words).toEqual([]);
    expect(why).toMatch(/CC-BY-NC-SA-4.0.*wake_words: \[alexa\]/);
  });

  it("names the licence of what was chosen", () => {
    expect(wakeWordChoice(["alexa"], catalog, heard).why).toMatch(/named in wake_words.*CC-BY-NC-SA-4.0/);
  });

  it("says so when a word is not known, and which are", () => {
    const { words, why } = wakeWordChoice(["alexa", "computer"], catalog, heard);
    expect([words, why]).toEqual([
      heard,
      "not all of the words named in wake_words are known; known are alexa",
    ]);
  });
});
