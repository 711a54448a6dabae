import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodePcm16 } from "../../src/audio/pcm.js";
import { readWav } from "../../src/audio/wav.js";
import { wordErrors } from "../../src/text/word-error.js";
import { CoreApi } from "../fixtures/core-api.js";
import { Esp32Satellite } from "../fixtures/esp32-satellite.js";
import { microphone } from "../fixtures/hermes-house.js";
import { modelFolders } from "../fixtures/model-folders.js";
import { HAS_MOSQUITTO, MOSQUITTO_NEEDED, Mosquitto } from "../fixtures/mosquitto.js";
import { MqttObserver } from "../fixtures/mqtt-observer.js";
import { Program } from "../fixtures/program.js";
import { hasShared, recording } from "../fixtures/shared-speech.js";

const folders = HAS_MOSQUITTO && hasShared ? await modelFolders() : undefined;
const NEEDS = `${MOSQUITTO_NEEDED}${hasShared ? "" : " [skipped: the shared recordings are absent]"}`;
const REGISTRY = folders || !HAS_MOSQUITTO || !hasShared ? "" : " [skipped: the npm registry is not reached]";
const SILENCE = Buffer.alloc(32_000);

describe.skipIf(!folders)(`an ESP32 satellite inside an add-on${NEEDS}${REGISTRY}`, () => {
  let broker: Mosquitto;
  let observer: MqttObserver;
  let home: CoreApi;
  let program: Program;
  let kitchen: Esp32Satellite;
  const see = async (topic: string) => {
    const { text } = await observer.see(topic, (message) => message.topic === topic);
    return JSON.parse(text);
  };

  beforeAll(async () => {
    broker = await Mosquitto.start();
    observer = await MqttObserver.connect(broker.url, ["hermes/#", "irene_edge/#"]);
    home = await CoreApi.start("The living room lamp is on now.");
    program = await Program.serve({
      flags: ["--mqtt-url", broker.url],
      env: {
        IRENE_MODELS__FOLDERS: folders ?? "",
        IRENE_MODELS__OFFLINE: "true",
        IRENE_STT: "moonshine/base-en",
        IRENE_TTS: "espeak",
        // Its licence forbids commercial use: it listens because it is named.
        IRENE_HERMES__WAKE_WORDS: "hey_jarvis",
        IRENE_SUPERVISOR_URL: home.url,
        IRENE_OPTIONS_FILE: join(mkdtempSync(join(tmpdir(), "irene-options-")), "options.json"),
        SUPERVISOR_TOKEN: home.token,
      },
    });
    await program.line(/Warm-up done/);
    kitchen = await Esp32Satellite.connect(broker.url, "kitchen");
  });
  afterAll(async () => {
    await kitchen?.close();
    await program.dispose();
    await home.close();
    await observer.close();
    await broker.stop();
  });

  it("is woken, understood, answered by Home Assistant and left in peace, in that order", async () => {
    await kitchen.live(microphone("wake-hey-jarvis.wav"));
    expect(await see("hermes/hotword/hey_jarvis/detected")).toMatchObject({ siteId: "kitchen" });
    const { sessionId } = await see("hermes/asr/startListening");
    const command = Buffer.from(encodePcm16(recording("en/turn-on-the-living-room-lamp.wav")));
    await kitchen.live(Buffer.concat([command, SILENCE, SILENCE]));
    const captured = await see("hermes/asr/textCaptured");
    expect(
      wordErrors("turn on the living room lamp", captured.text, "en").rate,
      `${captured.text}\n${program.log.join("\n")}`,
    ).toBeLessThanOrEqual(1 / 3);
    expect(captured).toMatchObject({ siteId: "kitchen", sessionId });
    expect(await see("hermes/tts/say")).toMatchObject({
      text: "The living room lamp is on now.",
      siteId: "kitchen",
      sessionId,
    });
    expect(await see("hermes/dialogueManager/sessionEnded")).toMatchObject({
      sessionId,
      termination: { reason: "nominal" },
    });
    const order = [
      "hermes/hotword/hey_jarvis/detected",
      "hermes/dialogueManager/sessionStarted",
      "hermes/asr/startListening",
      "hermes/asr/textCaptured",
      "hermes/tts/say",
      "hermes/tts/sayFinished",
      "hermes/dialogueManager/sessionEnded",
    ];
    const seen = observer.seen.map(({ topic }) => topic).filter((topic) => order.includes(topic));
    expect(seen).toEqual(order);
  });

  it("asked Home Assistant as an add-on may", () => {
    expect(home.asked).toHaveLength(1);
    expect(home.asked[0]).toMatchObject({ text: expect.stringMatching(/lamp/i), language: "en" });
  });

  it("played speech, in a format that it can play", () => {
    const { format, pcm } = readWav(Buffer.concat(kitchen.played));
    expect(format).toMatchObject({ rateHz: 22_050, channels: 1 });
    const samples = new Int16Array(pcm.buffer, pcm.byteOffset, Math.floor(pcm.byteLength / 2));
    expect(samples.length / 22_050).toBeGreaterThan(0.8);
    const loudness = Math.sqrt(samples.reduce((sum, each) => sum + each * each, 0) / samples.length);
    expect(loudness).toBeGreaterThan(300);
  });

  it("speaks what is announced to it over MQTT", async () => {
    const from = observer.seen.length;
    await observer.until("the satellite to be offered", () =>
      program.log.some((line) => line.includes("Heard hey_jarvis")),
    );
    await observer.publish("irene_edge/set/say/kitchen", "Dinner is ready");
    const said = await observer.see("the announcement", ({ topic }) => topic === "hermes/tts/say", from);
    expect(JSON.parse(said.text)).toMatchObject({ text: "Dinner is ready", siteId: "kitchen" });
    await observer.see("its end", ({ topic }) => topic === "hermes/dialogueManager/sessionEnded", from);
    expect(kitchen.played.length).toBeGreaterThan(1);
  });
});
