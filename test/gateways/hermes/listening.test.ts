import { describe, expect, it } from "vitest";
import { readWav } from "../../../src/audio/wav.js";
import { EngineError } from "../../../src/base/errors.js";
import { HandClock } from "../../fixtures/hand-clock.js";
import { house, noise } from "../../fixtures/hermes-house.js";

describe("speech to text for satellites", () => {
  it("transcribes what a site sends until it stops, in the language asked for", async () => {
    const { send, see, satellite, voices } = await house({
      transcript: {
        text: "turn on the lamp",
        confidence: 0.8,
        words: [
          { text: "turn", startSeconds: 0.1, endSeconds: 0.3, confidence: 0.7 },
          { text: "lamp", startSeconds: 0.6, endSeconds: 0.9 },
        ],
      },
    });
    const kitchen = await satellite("kitchen");
    await send("hermes/asr/startListening", {
      siteId: "kitchen",
      sessionId: "s1",
      lang: "en",
      stopOnSilence: false,
      wakewordId: "w",
    });
    await voices.until(({ openTranscriptions }) => openTranscriptions.size === 1);
    await kitchen.stream(noise(5_120));
    await voices.until(({ heardBytes }) => heardBytes === 5_120);
    await send("hermes/asr/stopListening", { siteId: "kitchen", sessionId: "s1" });
    expect(await see("rhasspy/asr/recordingFinished")).toEqual({ siteId: "kitchen", sessionId: "s1" });
    expect(await see("hermes/asr/textCaptured")).toEqual({
      text: "turn on the lamp",
      likelihood: 0.8,
      seconds: expect.any(Number),
      siteId: "kitchen",
      sessionId: "s1",
      wakewordId: "w",
      lang: "en",
      asrTokens: [
        [
          { value: "turn", confidence: 0.7, rangeStart: 0, rangeEnd: 4, time: { start: 0.1, end: 0.3 } },
          { value: "lamp", confidence: 1, rangeStart: 12, rangeEnd: 16, time: { start: 0.6, end: 0.9 } },
        ],
      ],
    });
    expect(voices.transcribed[0]).toMatchObject({
      language: "en",
      endpointing: false,
      origin: { gateway: "hermes", peer: "kitchen" },
    });
    expect(voices.transcribed[0]?.heard.bytes).toEqual(noise(5_120));
    expect(voices.transcribed[0]?.heard.format).toEqual({ rateHz: 16_000, widthBytes: 2, channels: 1 });
  });

  it("ends by itself with the speech, sends the recording when asked, and says one text for a session", async () => {
    const { send, see, satellite, observer, said, voices } = await house({ speechEndsAfterBytes: 4_096 });
    const kitchen = await satellite("kitchen");
    await send("hermes/asr/startListening", { siteId: "kitchen", sessionId: "s1", sendAudioCaptured: true });
    await voices.until(({ openTranscriptions }) => openTranscriptions.size === 1);
    await kitchen.stream(noise(8_192));
    await see("hermes/asr/textCaptured");
    const { bytes } = await observer.see(
      "the recording",
      ({ topic }) => topic === "rhasspy/asr/kitchen/s1/audioCaptured",
    );
    expect(Buffer.from(readWav(bytes).pcm)).toEqual(noise(8_192).subarray(0, 4_096));
    await send("hermes/asr/stopListening", { siteId: "kitchen", sessionId: "s1" });
    await send("hermes/asr/startListening", { siteId: "kitchen", sessionId: "s2" });
    await send("hermes/asr/stopListening", { siteId: "kitchen" });
    await observer.until("the second text", () => observer.count("hermes/asr/textCaptured") === 2);
    const texts = said()
      .filter(({ topic }) => topic === "hermes/asr/textCaptured")
      .map(({ text }) => JSON.parse(text));
    expect(texts.map(({ sessionId, text, likelihood }) => [sessionId, text, likelihood])).toEqual([
      ["s1", "turn on the lamp", 1],
      ["s2", "", 0],
    ]);
  });

  it("finishes a session that another one at the site takes the place of", async () => {
    const { send, observer, said } = await house();
    for (const sessionId of ["s1", "s1", "s2"])
      await send("hermes/asr/startListening", { siteId: "a", sessionId });
    await send("hermes/asr/stopListening", { siteId: "a", sessionId: "s2" });
    await observer.until("all texts", () => observer.count("hermes/asr/textCaptured") === 3);
    const ids = said()
      .filter(({ topic }) => topic === "hermes/asr/textCaptured")
      .map(({ text }) => JSON.parse(text).sessionId);
    expect(ids).toEqual(["s1", "s1", "s2"]);
  });

  it("does not hear a site that is switched off, whatever the order of reasons", async () => {
    const { send, see, satellite, settled, voices } = await house();
    const kitchen = await satellite("kitchen");
    const toggle = (which: string, reason: string) =>
      send(`hermes/asr/${which}`, { siteId: "kitchen", reason });
    await send("hermes/asr/startListening", { siteId: "kitchen", sessionId: "s", stopOnSilence: false });
    await toggle("toggleOff", "playAudio");
    await toggle("toggleOff", "ttsSay");
    await toggle("toggleOn", "playAudio");
    await settled();
    await kitchen.stream(noise(1_024));
    // Wake words are listened for all the while.
    await voices.until(({ wakeBytes }) => wakeBytes === 1_024);
    await toggle("toggleOn", "ttsSay");
    await settled();
    await kitchen.stream(noise(512));
    await voices.until(({ heardBytes }) => heardBytes === 512);
    await send("hermes/asr/stopListening", { siteId: "kitchen" });
    await see("hermes/asr/textCaptured");
    expect(voices.transcribed[0]?.heard.bytes).toEqual(noise(512));
  });

  it("takes sound that is meant for one session for that session only", async () => {
    const { send, see, observer, voices } = await house();
    await send("hermes/asr/startListening", { siteId: "a", sessionId: "s1", stopOnSilence: false });
    await voices.until(({ openTranscriptions }) => openTranscriptions.size === 1);
    await observer.publish("hermes/audioServer/a/other/audioSessionFrame", noise(100));
    await observer.publish("hermes/audioServer/a/s1/audioSessionFrame", noise(200));
    await voices.until(({ heardBytes }) => heardBytes === 200);
    await send("hermes/asr/stopListening", { siteId: "a", sessionId: "s1" });
    await see("hermes/asr/textCaptured");
    expect(voices.transcribed[0]?.heard.bytes).toEqual(noise(200));
  });

  it("says what went wrong, and an empty text for those who wait for one", async () => {
    const { send, see } = await house({ sttError: new EngineError("engine-failed", "The model gave up.") });
    await send("hermes/asr/startListening", { siteId: "a", sessionId: "s1" });
    await send("hermes/asr/stopListening", { siteId: "a" });
    expect(await see("hermes/error/asr")).toEqual({
      error: "The model gave up.",
      siteId: "a",
      sessionId: "s1",
      context: "engine-failed",
    });
    expect(await see("hermes/asr/textCaptured")).toMatchObject({ text: "", likelihood: 0, sessionId: "s1" });
  });

  it("gives up a session nobody ends", async () => {
    const clock = new HandClock();
    const { send, see } = await house({}, {}, { clock });
    await send("hermes/asr/startListening", { siteId: "a", sessionId: "s1" });
    await clock.waitedFor(30_000);
    clock.advance(30_000);
    expect(await see("hermes/asr/textCaptured")).toMatchObject({ text: "", sessionId: "s1" });
  });

  it("answers a request to train, since there is nothing to train", async () => {
    const { send, see } = await house();
    await send("rhasspy/asr/kitchen/train", { graphPath: "x", id: "42" });
    expect(await see("rhasspy/asr/kitchen/trainSuccess")).toEqual({ id: "42" });
  });
});
