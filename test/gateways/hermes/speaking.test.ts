import { describe, expect, it } from "vitest";
import { parseWavHeader } from "../../../src/audio/wav-header.js";
import { EngineError } from "../../../src/base/errors.js";
import { HandClock } from "../../fixtures/hand-clock.js";
import { house } from "../../fixtures/hermes-house.js";

describe("text to speech for satellites", () => {
  it("plays a text as one WAV file small satellites can read, and says so when it was played", async () => {
    const { send, see, satellite, voices } = await house({ speechSeconds: 0.3 });
    const kitchen = await satellite("kitchen");
    await send("hermes/tts/say", {
      text: "Hello",
      siteId: "kitchen",
      id: "7",
      sessionId: "s",
      lang: "en",
      volume: 0.5,
    });
    expect(await see("hermes/tts/sayFinished")).toEqual({ siteId: "kitchen", id: "7", sessionId: "s" });
    const wav = kitchen.played[0] ?? Buffer.alloc(0);
    expect(parseWavHeader(wav)).toEqual({
      format: { rateHz: 22_050, widthBytes: 2, channels: 1 },
      encoding: "int",
      dataOffset: 44,
      dataBytes: wav.length - 44,
    });
    expect(wav.length).toBe(44 + 0.3 * 22_050 * 2);
    // Half as loud as what was spoken.
    expect([wav.readInt16LE(44 + 2 * 10), wav.readInt16LE(44 + 2 * 99)]).toEqual([500, 4_950]);
    expect(voices.synthesized[0]).toMatchObject({
      text: "Hello",
      language: "en",
      origin: { gateway: "hermes", peer: "kitchen" },
    });
  });

  it("speaks one text of a site after the other", async () => {
    const { send, observer, satellite } = await house();
    await satellite("kitchen");
    for (const id of ["1", "2", "3"])
      await send("hermes/tts/say", { text: `Number ${id}`, siteId: "kitchen", id });
    await observer.until("all", () => observer.count("hermes/tts/sayFinished") === 3);
    const steps = observer.seen
      .filter(({ topic }) => /playBytes|playFinished|sayFinished/.test(topic))
      .map(({ topic, text }) =>
        topic.includes("playBytes")
          ? `play ${topic.at(-1)}`
          : `${topic.split("/").at(-1)} ${JSON.parse(text).id}`,
      );
    expect(steps).toEqual(
      ["1", "2", "3"].flatMap((id) => [`play ${id}`, `playFinished ${id}`, `sayFinished ${id}`]),
    );
  });

  it("goes on when a satellite never says that it has played: the sound's length and a moment later", async () => {
    const clock = new HandClock();
    const { send, see, satellite } = await house({ speechSeconds: 2 }, {}, { clock });
    await satellite("kitchen", { playsSound: false });
    await send("hermes/tts/say", { text: "Hello", siteId: "kitchen", id: "7" });
    await clock.waitedFor(2_250);
    clock.advance(2_250);
    expect(await see("hermes/tts/sayFinished")).toEqual({ siteId: "kitchen", id: "7" });
  });

  it("says no more of a dialogue that was interrupted", async () => {
    const { send, see, observer, satellite } = await house({ speechSeconds: 60 });
    await satellite("kitchen", { playsSound: false });
    const request = { text: "A long story", siteId: "kitchen", sessionId: "s" };
    await send("hermes/tts/say", { ...request, id: "1" });
    await send("hermes/tts/say", { ...request, id: "2" });
    await observer.see("the sound", ({ topic }) => topic.includes("playBytes"));
    await send("hermes/dialogueManager/sessionEnded", {
      siteId: "kitchen",
      sessionId: "s",
      termination: { reason: "abortedByUser" },
    });
    expect(await see("hermes/tts/sayFinished")).toMatchObject({ id: "1" });
    await send("hermes/tts/say", { text: "Something else", siteId: "kitchen", id: "3" });
    await observer.see("the next", ({ topic }) => topic.endsWith("playBytes/3"));
    const played = observer.seen.map(({ topic }) => topic).filter((topic) => topic.includes("playBytes"));
    expect(played.map((topic) => topic.split("/").at(-1))).toEqual(["1", "3"]);
  });

  it("says what went wrong and is finished all the same", async () => {
    const { send, see, observer } = await house({ ttsError: new EngineError("engine-failed", "No voice.") });
    await send("hermes/tts/say", { text: "Hello", siteId: "kitchen", id: "7" });
    expect(await see("hermes/error/tts")).toEqual({
      error: "No voice.",
      siteId: "kitchen",
      context: "engine-failed",
    });
    expect(await see("hermes/tts/sayFinished")).toEqual({ siteId: "kitchen", id: "7" });
    await send("hermes/tts/say", { text: "  ", siteId: "kitchen", id: "8" });
    await observer.until("both", () => observer.count("hermes/tts/sayFinished") === 2);
    expect(observer.count("hermes/error/tts")).toBe(1);
  });

  it("does not let speech grow without end", async () => {
    const { send, see } = await house({ speechSeconds: 3 }, { maxSpeechSeconds: 2 });
    await send("hermes/tts/say", { text: "Too long", siteId: "a", id: "0" });
    expect(await see("hermes/error/tts")).toMatchObject({ context: "too-long", siteId: "a" });
    expect(await see("hermes/tts/sayFinished")).toEqual({ siteId: "a", id: "0" });
  });

  it("does not let texts pile up at a site whose satellite is slow", async () => {
    const { send, observer, said } = await house({}, {}, { clock: new HandClock() });
    for (let id = 0; id < 12; id++) await send("hermes/tts/say", { text: "Long", siteId: "a", id: `${id}` });
    await observer.until("refusals", () => observer.count("hermes/tts/sayFinished") === 3);
    const refused = said().filter(({ topic }) => topic === "hermes/error/tts");
    expect(refused.map(({ text }) => JSON.parse(text).context)).toEqual(["busy", "busy", "busy"]);
  });

  it("uses an id of its own where the one it is given cannot stand in a topic", async () => {
    const { send, observer, satellite } = await house();
    await satellite("a");
    await send("hermes/tts/say", { text: "Hello", siteId: "a", id: "x/#" });
    const play = await observer.see("sound", ({ topic }) =>
      topic.startsWith("hermes/audioServer/a/playBytes/"),
    );
    expect(play.topic.split("/").at(-1)).toMatch(/^[0-9a-f-]{36}$/);
    await observer.see(
      "end",
      ({ topic, text }) => topic === "hermes/tts/sayFinished" && JSON.parse(text).id === "x/#",
    );
  });

  it("tells which voices and wake words there are", async () => {
    const offer = {
      voices: [{ voiceId: "piper/a", description: "Ann" }],
      hotwords: [
        { modelId: "jarvis", modelWords: "hey jarvis", modelVersion: "", modelType: "universal" as const },
      ],
    };
    const { send, see } = await house({}, {}, { offer: () => offer });
    await send("rhasspy/tts/getVoices", { id: "1", siteId: "a" });
    expect(await see("rhasspy/tts/voices")).toEqual({ id: "1", siteId: "a", voices: offer.voices });
    await send("rhasspy/hotword/getHotwords", { id: "2", siteId: "a" });
    expect(await see("rhasspy/hotword/hotwords")).toEqual({ id: "2", siteId: "a", models: offer.hotwords });
  });
});
