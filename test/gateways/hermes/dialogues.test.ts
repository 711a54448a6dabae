import { describe, expect, it, onTestFinished } from "vitest";
import { readWav } from "../../../src/audio/wav.js";
import { house, microphone, nextConnect, noise } from "../../fixtures/hermes-house.js";
import { HAS_MOSQUITTO, MOSQUITTO_NEEDED, Mosquitto } from "../../fixtures/mosquitto.js";
import { MqttObserver } from "../../fixtures/mqtt-observer.js";
import { sharedPath } from "../../fixtures/shared-speech.js";

const SPEECH = sharedPath("speech", "en", "wake-hey-jarvis.wav");
const name = SPEECH ? "" : " [skipped: no shared recordings]";
describe.skipIf(!HAS_MOSQUITTO || !SPEECH)(
  `a whole dialogue over a real mosquitto${MOSQUITTO_NEEDED}${name}`,
  () => {
    it("goes from wake word to spoken answer, every message in its place", async () => {
      const broker = await Mosquitto.start();
      onTestFinished(() => broker.stop());
      const [wake, command] = [microphone("wake-hey-jarvis.wav"), microphone("what-time-is-it.wav")];
      const asked: unknown[] = [];
      const prefetched: string[] = [];
      const { satellite, observer, see, said, voices } = await house(
        {
          wake: { word: "hey_jarvis", afterBytes: Math.floor(wake.length * 0.9) },
          speechEndsAfterBytes: Math.floor(command.length * 0.9),
          transcript: { text: "what time is it", language: "en", confidence: 0.87 },
        },
        {},
        {
          conversation: {
            async ask(question) {
              asked.push(question);
              return { text: "It is noon.", language: "en" };
            },
          },
          prefetch: {
            prefetchStt: () => prefetched.push("stt"),
            prefetchTts: (language) => prefetched.push(`tts ${language}`),
          },
        },
        broker.url,
      );
      const kitchen = await satellite("kitchen");

      await kitchen.stream(wake);
      const started = await see("hermes/dialogueManager/sessionStarted");
      const { sessionId } = started;
      expect(sessionId).toMatch(/^kitchen-hey_jarvis-[0-9a-f-]{36}$/);
      await see("hermes/asr/startListening");
      await voices.until(({ openTranscriptions }) => openTranscriptions.size === 1);
      await kitchen.lit(1);
      await kitchen.stream(command);
      await see("hermes/dialogueManager/sessionEnded");

      const session = { siteId: "kitchen", sessionId };
      const toggle = (reason: string) => ({ siteId: "kitchen", reason });
      const sayId = JSON.parse(observer.last("hermes/tts/say") ?? "").id;
      const expected: readonly [topic: string, message: object][] = [
        [
          "hermes/hotword/hey_jarvis/detected",
          {
            modelId: "hey_jarvis",
            modelVersion: "",
            modelType: "universal",
            currentSensitivity: 1,
            siteId: "kitchen",
          },
        ],
        ["hermes/dialogueManager/sessionStarted", session],
        ["hermes/hotword/toggleOff", toggle("dialogueSession")],
        [
          "hermes/asr/startListening",
          { ...session, stopOnSilence: true, sendAudioCaptured: false, wakewordId: "hey_jarvis" },
        ],
        ["rhasspy/asr/recordingFinished", session],
        [
          "hermes/asr/textCaptured",
          {
            ...session,
            text: "what time is it",
            likelihood: 0.87,
            seconds: expect.any(Number),
            wakewordId: "hey_jarvis",
            lang: "en",
          },
        ],
        ["hermes/asr/stopListening", session],
        ["hermes/hotword/toggleOn", toggle("dialogueSession")],
        ["hermes/hotword/toggleOff", toggle("ttsSay")],
        ["hermes/asr/toggleOff", toggle("ttsSay")],
        ["hermes/tts/say", { ...session, text: "It is noon.", id: sayId, lang: "en" }],
        [`hermes/audioServer/kitchen/playBytes/${sayId}`, { sound: true }],
        ["hermes/audioServer/kitchen/playFinished", { id: sayId, siteId: "kitchen" }],
        ["hermes/tts/sayFinished", { ...session, id: sayId }],
        ["hermes/asr/toggleOn", toggle("ttsSay")],
        ["hermes/hotword/toggleOn", toggle("ttsSay")],
        ["hermes/dialogueManager/sessionEnded", { ...session, termination: { reason: "nominal" } }],
      ];
      const seen = said().map(({ topic, text }) => [
        topic,
        topic.includes("playBytes") ? { sound: true } : JSON.parse(text),
      ]);
      expect(seen).toEqual(expected);
      expect(said().every(({ retained }) => !retained)).toBe(true);

      expect(asked).toEqual([
        { text: "what time is it", language: "en", siteId: "kitchen", dialogueId: sessionId },
      ]);
      expect(prefetched).toEqual(["stt", "stt", "tts en"]);
      await kitchen.lit(2);
      expect(kitchen.lights).toEqual(["listening", "idle"]);
      expect(kitchen.played).toHaveLength(1);
      const heard = voices.transcribed[0]?.heard.bytes ?? Buffer.alloc(0);
      // All of the command from its first frame on; what came before belonged to the wake word.
      expect(heard.length).toBeGreaterThanOrEqual(Math.floor(command.length * 0.9));
      expect(heard.includes(command.subarray(0, 4_096))).toBe(true);
    });

    it("plays a sound that says it listens, before it does", async () => {
      const { satellite, see, said, settled } = await house(
        { wake: { word: "hey_jarvis", afterBytes: 512 }, speechEndsAfterBytes: 512 },
        { wakeSound: true },
      );
      const kitchen = await satellite("kitchen");
      await kitchen.stream(noise(512));
      const { sessionId } = await see("hermes/asr/startListening");
      await settled();
      await kitchen.stream(noise(1_024));
      expect(await see("hermes/asr/textCaptured")).toMatchObject({ sessionId, text: "turn on the lamp" });
      const { format, pcm } = readWav(kitchen.played[0] ?? Buffer.alloc(0));
      expect(format).toEqual({ rateHz: 22_050, widthBytes: 2, channels: 1 });
      expect(pcm.length / 2 / 22_050).toBeCloseTo(0.18, 2);
      const order = ["toggleOff", "playFinished", "toggleOn", "startListening"];
      const seen = said()
        .filter(({ topic, text }) => /playFinished|startListening/.test(topic) || /playAudio/.test(text))
        .map(({ topic }) => topic.split("/").at(-1) ?? "");
      expect(seen.filter((name, at) => name !== seen[at - 1])).toEqual(order);
    });

    it("begins at a button of the satellite as well", async () => {
      const broker = await Mosquitto.start();
      onTestFinished(() => broker.stop());
      const { satellite, send, see, voices } = await house(
        { speechEndsAfterBytes: 8_000 },
        {},
        {},
        broker.url,
      );
      const kitchen = await satellite("kitchen");
      await send("hermes/dialogueManager/startSession", {
        init: { type: "action", canBeEnqueued: false },
        siteId: "kitchen",
      });
      const { sessionId } = await see("hermes/asr/startListening");
      await voices.until(({ openTranscriptions }) => openTranscriptions.size === 1);
      await kitchen.stream(microphone("what-time-is-it.wav"));
      expect(await see("hermes/nlu/query")).toEqual({
        input: "turn on the lamp",
        siteId: "kitchen",
        sessionId,
      });
      await send("hermes/dialogueManager/endSession", { sessionId, text: "Done." });
      expect(await see("hermes/dialogueManager/sessionEnded")).toMatchObject({
        termination: { reason: "nominal" },
        sessionId,
      });
      expect(kitchen.played).toHaveLength(1);
    });

    it("starts over after the broker was killed in the middle, though nobody could switch anything back on", async () => {
      const broker = await Mosquitto.start();
      onTestFinished(() => broker.stop());
      const { satellite, see, link, url } = await house(
        { wake: { word: "alexa", afterBytes: 2_048 } },
        {},
        {},
        broker.url,
      );
      const before = await satellite("kitchen");
      await before.stream(noise(2_048));
      await see("hermes/asr/startListening");
      const reconnected = Promise.all([link.control, link.audio].map((port) => nextConnect(port)));
      await broker.kill();
      await broker.up();
      await reconnected;
      const later = await MqttObserver.connect(url, ["hermes/#"]);
      onTestFinished(() => later.close());
      const after = await satellite("kitchen");
      await after.stream(noise(2_048));
      await later.see("a new dialogue", ({ topic }) => topic === "hermes/asr/startListening");
    });
  },
);
