import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { readWav } from "../../../src/audio/wav.js";
import { parseWavHeader } from "../../../src/audio/wav-header.js";
import { systemClock } from "../../../src/base/clock.js";
import { EngineError } from "../../../src/base/errors.js";
import type { MqttPort } from "../../../src/base/mqtt-port.js";
import { HermesBridge, type HermesBridgeParts } from "../../../src/gateways/hermes/bridge.js";
import { HERMES_DEFAULTS, type HermesOptions } from "../../../src/gateways/hermes/options.js";
import { BrokerLink } from "../../../src/gateways/mqtt/broker-link.js";
import { EmbeddedBroker } from "../../../src/gateways/mqtt/embedded-broker.js";
import { Esp32Satellite } from "../../fixtures/esp32-satellite.js";
import { FakeVoices, type FakeVoicesScript } from "../../fixtures/fake-voices.js";
import { HandClock } from "../../fixtures/hand-clock.js";
import { HAS_MOSQUITTO, MOSQUITTO_NEEDED, Mosquitto } from "../../fixtures/mosquitto.js";
import { MqttObserver } from "../../fixtures/mqtt-observer.js";
import { recordingLogger } from "../../fixtures/recording-logger.js";
import { SHARED, sharedPath } from "../../fixtures/shared-speech.js";

const SPEECH = sharedPath("speech", "en", "wake-hey-jarvis.wav");
/** A site that is nobody in particular. */
const HERMES_DEFAULT_SITE = "hall";
const QUIET = { maxFramesPerSecond: 100_000 };

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

/** The bridge on a broker, an observer of all but sound, and satellites on demand. */
async function house(
  script: FakeVoicesScript = {},
  options: Partial<HermesOptions> = {},
  parts: Partial<HermesBridgeParts> = {},
  brokerUrl?: string,
) {
  const url = brokerUrl ?? (await embedded());
  const observer = await MqttObserver.connect(url, ["hermes/#", "rhasspy/#"]);
  cleanups.push(() => observer.close());
  const voices = new FakeVoices(script);
  const logger = recordingLogger();
  const link = new BrokerLink(
    { baseTopic: "irene_edge", installId: "test", audio: true, endpoint: async () => ({ url }) },
    { clock: systemClock, logger },
  );
  const bridge = new HermesBridge(
    { ...HERMES_DEFAULTS, ...QUIET, ...options },
    { control: link.control, audio: link.audio, voices, clock: systemClock, logger, ...parts },
  );
  bridge.start();
  link.start();
  cleanups.push(async () => {
    bridge.close();
    await link.close();
  });
  await Promise.all([link.control, link.audio].map((port) => new Promise<void>((up) => port.onConnect(up))));
  const satellite = async (siteId: string, how = {}) => {
    const connected = await Esp32Satellite.connect(url, siteId, how);
    cleanups.push(() => connected.close());
    return connected;
  };
  const send = (topic: string, message: unknown) =>
    observer.publish(topic, Buffer.isBuffer(message) ? message : JSON.stringify(message));
  /** Messages but sound, as `topic {payload}`. */
  const said = () => observer.seen.filter(({ topic }) => !topic.endsWith("Frame"));
  const see = async (topic: string, from = 0) => {
    const { text } = await observer.see(topic, (message) => message.topic === topic, from);
    return JSON.parse(text);
  };
  let rounds = 0;
  /** Resolves once the bridge has taken every message, sound excepted, that was sent before. */
  const settled = async () => {
    rounds += 1;
    const id = `round-${rounds}`;
    await send("rhasspy/tts/getVoices", { siteId: HERMES_DEFAULT_SITE, id });
    await observer.see(
      "an answer",
      ({ topic, text }) => topic === "rhasspy/tts/voices" && JSON.parse(text).id === id,
    );
  };
  return { url, observer, voices, bridge, link, logger, satellite, send, said, see, settled };
}

/** Resolves with the connect after the present one. */
function nextConnect(port: MqttPort): Promise<void> {
  return new Promise((resolve) => {
    let isPresent = port.connected;
    port.onConnect(() => {
      if (!isPresent) resolve();
      isPresent = false;
    });
  });
}

/** Resolves once the bridge has taken all sound a satellite has sent, heard or not: sound of one sender comes in order. */
async function passedOver(satellite: Esp32Satellite, voices: FakeVoices): Promise<void> {
  const before = voices.wakeBytes;
  await satellite.client.publishAsync("hermes/audioServer/elsewhere/audioFrame", noise(64));
  await voices.until(({ wakeBytes }) => wakeBytes > before && (wakeBytes - before) % 512 === 64);
}

async function embedded(): Promise<string> {
  const broker = await EmbeddedBroker.start({ host: "127.0.0.1", port: 0 }, recordingLogger());
  cleanups.push(() => broker.close());
  return broker.url;
}

const noise = (bytes: number) => Buffer.from(Array.from({ length: bytes }, (_, n) => (n * 31) % 251));

/** The recording, as a satellite's microphone would give it. */
function microphone(name: string): Buffer {
  return Buffer.from(readWav(readFileSync(join(SHARED, "speech", "en", name))).pcm);
}

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

describe("announcements", () => {
  it("are spoken as a dialogue of their own, and are known to be over", async () => {
    const { bridge, satellite, said } = await house();
    const kitchen = await satellite("kitchen");
    await bridge.announce("kitchen", "Dinner is ready", "en");
    expect(kitchen.played).toHaveLength(1);
    const say = said().find(({ topic }) => topic === "hermes/tts/say");
    expect(JSON.parse(say?.text ?? "")).toMatchObject({
      text: "Dinner is ready",
      siteId: "kitchen",
      lang: "en",
    });
    expect(bridge.sites()).toEqual(["kitchen"]);
  });

  it("work too where somebody else leads the dialogues", async () => {
    const roles = { ...HERMES_DEFAULTS.roles, dialogue: false };
    const { bridge, satellite } = await house({}, { roles });
    const kitchen = await satellite("kitchen");
    await bridge.announce("kitchen", "Dinner is ready");
    expect(kitchen.played).toHaveLength(1);
  });

  it("are refused for sites that are not served", async () => {
    const { bridge } = await house({}, { sites: ["kitchen"] });
    await expect(bridge.announce("attic", "Boo")).rejects.toMatchObject({ code: "busy" });
    await expect(bridge.announce("a/#", "Boo")).rejects.toMatchObject({ code: "busy" });
  });
});

describe("wake words of satellites", () => {
  it("listen again after a word when no dialogue follows, and not while one goes on", async () => {
    const clock = new HandClock();
    const roles = { ...HERMES_DEFAULTS.roles, dialogue: false };
    const { satellite, observer, send, settled, voices } = await house(
      { wake: { word: "alexa", afterBytes: 512 } },
      { roles },
      { clock },
    );
    const kitchen = await satellite("kitchen");
    const detections = () => observer.count("hermes/hotword/alexa/detected");
    await kitchen.stream(noise(512));
    await observer.until("the word", () => detections() === 1);
    expect(voices.openWakeStreams.size).toBe(0);
    await kitchen.stream(noise(1_024));
    await passedOver(kitchen, voices);
    expect(detections()).toBe(1);
    clock.advance(5_000);
    await kitchen.stream(noise(512));
    await observer.until("the word again", () => detections() === 2);
    await send("hermes/hotword/toggleOff", { siteId: "kitchen", reason: "dialogueSession" });
    await send("hermes/hotword/toggleOn", { siteId: "kitchen", reason: "dialogueSession" });
    await settled();
    await kitchen.stream(noise(512));
    await observer.until("the word a third time", () => detections() === 3);
  });

  it("let go of the engine when a satellite falls silent", async () => {
    const clock = new HandClock();
    const { satellite, voices } = await house({}, {}, { clock });
    const kitchen = await satellite("kitchen");
    await kitchen.stream(noise(512));
    await voices.until(({ openWakeStreams }) => openWakeStreams.size === 1);
    clock.advance(30_000);
    expect(voices.openWakeStreams.size).toBe(0);
  });

  it("ask the broker for the sound of single sites only where they are not listened for", async () => {
    const roles = { ...HERMES_DEFAULTS.roles, hotword: false };
    const { satellite, send, settled, voices, bridge } = await house({}, { roles });
    const [kitchen, attic] = [await satellite("kitchen"), await satellite("attic")];
    await kitchen.stream(noise(512));
    await send("hermes/asr/startListening", { siteId: "attic", sessionId: "s", stopOnSilence: false });
    // Nothing tells when the broker has taken the subscription but that sound arrives.
    for (let tries = 0; tries < 200 && voices.heardBytes === 0; tries++) {
      await kitchen.stream(noise(512));
      await attic.stream(noise(512));
      await settled();
    }
    expect(voices.heardBytes).toBeGreaterThan(0);
    expect(bridge.sites()).toEqual(["attic", HERMES_DEFAULT_SITE]);
  });
});

describe("what makes no sense", () => {
  it("is refused and counted, and the service goes on", async () => {
    const { send, see, bridge, satellite, logger, voices } = await house({}, { maxSites: 4 });
    const frame = "hermes/audioServer/kitchen/audioFrame";
    for (const payload of ["RIFF", "RIFF\u0000\u0000\u0000\u0000WAVE", Buffer.alloc(300_000)]) {
      for (let times = 0; times < 20; times++) await send(frame, Buffer.from(payload));
    }
    await send("hermes/asr/startListening", Buffer.from(`{"siteId":${"[".repeat(50_000)}`));
    await send("hermes/tts/say", Buffer.from(JSON.stringify({ text: "x".repeat(100_000) })));
    await send("hermes/tts/say", { text: "hi", siteId: "kit/+/chen" });
    await send("hermes/asr/startListening", { siteId: "#" });
    await send("hermes/dialogueManager/startSession", Buffer.from("\u0000\u0001"));
    for (let n = 0; n < 20; n++) await send("hermes/asr/toggleOff", { siteId: `made-up-${n}`, reason: "x" });
    const kitchen = await satellite("made-up-1");
    await send("hermes/asr/startListening", { siteId: "made-up-1", sessionId: "s", stopOnSilence: false });
    await send("hermes/asr/toggleOn", { siteId: "made-up-1", reason: "" });
    await voices.until(({ openTranscriptions }) => openTranscriptions.size === 1);
    await kitchen.stream(noise(512));
    await voices.until(({ heardBytes }) => heardBytes === 512);
    await send("hermes/asr/stopListening", { siteId: "made-up-1" });
    expect(await see("hermes/asr/textCaptured")).toMatchObject({ text: "turn on the lamp" });
    expect(bridge.tally()).toEqual({ framesRefused: 60, messagesRefused: 5, sitesRefused: 17 });
    expect(bridge.sites()).toHaveLength(4);
    const complaints = logger.lines.filter(({ message }) =>
      message.startsWith("Sound from satellite kitchen"),
    );
    expect(complaints.map(({ message }) => message)).toEqual([
      expect.stringContaining("A WAV file without samples"),
      expect.stringContaining("300000 bytes of sound"),
    ]);
  });

  it("is too much sound of one site: the rest of it is dropped", async () => {
    const clock = new HandClock();
    const { satellite, bridge, voices } = await house({}, { maxFramesPerSecond: 10 }, { clock });
    const kitchen = await satellite("kitchen");
    await kitchen.stream(noise(512 * 30));
    await passedOver(kitchen, voices);
    expect(bridge.tally().framesRefused).toBe(20);
    const { wakeBytes: before } = voices;
    clock.advance(1_000);
    await kitchen.stream(noise(512));
    await voices.until(({ wakeBytes }) => wakeBytes === before + 512);
  });
});

const name = SPEECH ? "" : " [skipped: no shared recordings]";
describe.skipIf(!HAS_MOSQUITTO || !SPEECH)(
  `a whole dialogue over a real mosquitto${MOSQUITTO_NEEDED}${name}`,
  () => {
    it("goes from wake word to spoken answer, every message in its place", async () => {
      const broker = await Mosquitto.start();
      cleanups.push(() => broker.stop());
      const [wake, command] = [microphone("wake-hey-jarvis.wav"), microphone("what-time-is-it.wav")];
      const asked: unknown[] = [];
      const prefetched: string[] = [];
      const news: unknown[] = [];
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
          news: { onWake: (heard) => news.push(heard), onText: (heard) => news.push(heard) },
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
      expect(news).toEqual([
        { siteId: "kitchen", word: "hey_jarvis", score: 0.91 },
        { siteId: "kitchen", text: "what time is it", model: "fake/stt", language: "en" },
      ]);
      await kitchen.lit(2);
      expect(kitchen.lights).toEqual(["listening", "idle"]);
      expect(kitchen.played).toHaveLength(1);
      const heard = voices.transcribed[0]?.heard.bytes ?? Buffer.alloc(0);
      // All of the command from its first frame on; what came before belonged to the wake word.
      expect(heard.length).toBeGreaterThanOrEqual(Math.floor(command.length * 0.9));
      expect(heard.includes(command.subarray(0, 4_096))).toBe(true);
    });

    it("begins at a button of the satellite as well", async () => {
      const broker = await Mosquitto.start();
      cleanups.push(() => broker.stop());
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
      cleanups.push(() => broker.stop());
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
      cleanups.push(() => later.close());
      const after = await satellite("kitchen");
      await after.stream(noise(2_048));
      await later.see("a new dialogue", ({ topic }) => topic === "hermes/asr/startListening");
    });
  },
);
