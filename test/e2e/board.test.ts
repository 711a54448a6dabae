import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { wordErrors } from "../../src/text/word-error.js";
import { CoreApi } from "../fixtures/core-api.js";
import { modelFolders } from "../fixtures/model-folders.js";
import { HAS_MOSQUITTO, MOSQUITTO_NEEDED, Mosquitto } from "../fixtures/mosquitto.js";
import { MqttObserver } from "../fixtures/mqtt-observer.js";
import { Program } from "../fixtures/program.js";
import {
  HAS_NAUDIODON,
  HAS_PULSE,
  loudSeconds,
  NAUDIODON_NEEDED,
  PULSE_NEEDED,
  PulseServer,
} from "../fixtures/pulse-server.js";
import { hasShared, SHARED } from "../fixtures/shared-speech.js";

const CAN = HAS_PULSE && HAS_MOSQUITTO && hasShared;
const folders = CAN ? await modelFolders() : undefined;
const NEEDS = `${PULSE_NEEDED}${MOSQUITTO_NEEDED}${hasShared ? "" : " [skipped: the shared recordings are absent]"}`;
const REGISTRY = folders || !CAN ? "" : " [skipped: the npm registry is not reached]";
const PATIENT = { timeout: 60_000, interval: 50 };
const ANSWER = "The living room lamp is on now.";
const spoken = (name: string) => join(SHARED, "speech/en", name);

/** The board with real models, led from the wake word to the answer, through one way to the hardware. */
for (const backend of ["naudiodon", "pulse"] as const) {
  const isThere = backend === "pulse" || HAS_NAUDIODON;
  const title = `the board as its own satellite, through ${backend}`;
  describe.skipIf(!folders || !isThere)(
    `${title}${NEEDS}${REGISTRY}${isThere ? "" : NAUDIODON_NEEDED}`,
    () => {
      let server: PulseServer;
      let broker: Mosquitto;
      let observer: MqttObserver;
      let home: CoreApi;
      let program: Program;
      const states = (from = 0) =>
        observer.seen
          .slice(from)
          .filter(({ topic }) => topic === "irene_edge/board/state")
          .map(({ text }) => text);
      /** Where the first dialogue begins in what was seen. */
      let begin = 0;
      const see = async (topic: string, from = 0) => {
        const { text } = await observer.see(topic, (message) => message.topic === topic, from);
        return JSON.parse(text);
      };

      /** Said again until it is heard: a starved machine may lose sound of the pretended microphone. */
      const wake = async () => {
        const from = observer.seen.length;
        await vi.waitFor(async () => {
          await server.say(spoken("wake-hey-jarvis.wav"));
          const heard = () => observer.seen.slice(from).some(({ topic }) => topic.endsWith("/detected"));
          await vi.waitFor(() => expect(heard()).toBe(true), { timeout: 6_000, interval: 50 });
        }, PATIENT);
      };

      beforeAll(async () => {
        server = await PulseServer.start();
        broker = await Mosquitto.start();
        observer = await MqttObserver.connect(broker.url, ["hermes/#", "irene_edge/#", "homeassistant/#"]);
        home = await CoreApi.start(ANSWER);
        program = await Program.serve({
          flags: ["--mqtt-url", broker.url],
          env: {
            ...server.env,
            IRENE_LOCAL_AUDIO__ENABLED: "true",
            IRENE_LOCAL_AUDIO__BACKEND: backend,
            IRENE_LOCAL_AUDIO__MICROPHONE: server.microphone,
            IRENE_LOCAL_AUDIO__SPEAKER: server.speaker,
            IRENE_LOCAL_AUDIO__SITE_ID: "desk",
            IRENE_MODELS__FOLDERS: folders ?? "",
            IRENE_MODELS__OFFLINE: "true",
            IRENE_STT: "moonshine/base-en",
            IRENE_TTS: "espeak",
            // Its licence forbids commercial use: it listens because it is named.
            IRENE_WAKE_WORDS: "hey_jarvis",
            IRENE_MQTT__TEXT_EVENTS: "true",
            IRENE_SUPERVISOR_URL: home.url,
            IRENE_OPTIONS_FILE: join(mkdtempSync(join(tmpdir(), "irene-options-")), "options.json"),
            SUPERVISOR_TOKEN: home.token,
          },
        });
        await program.line(/Warm-up done/);
        await program.line(
          new RegExp(
            `The microphone room.monitor works through .*\\(${backend === "pulse" ? "parec" : backend}`,
          ),
        );
      });
      afterAll(async () => {
        await program?.dispose();
        await home?.close();
        await observer?.close();
        await broker?.stop();
        await server?.stop();
      });

      it("is woken, understood and answered aloud", async () => {
        begin = observer.seen.length;
        const recording = server.record();
        await vi.waitFor(() => expect(recording.bytes()).toBeGreaterThan(0), PATIENT);
        await wake();
        expect(await see("hermes/hotword/hey_jarvis/detected", begin)).toMatchObject({ siteId: "desk" });
        await observer.until("the light to show that it listens", () => states(begin).includes("listening"));
        await server.say(spoken("turn-on-the-living-room-lamp.wav"));
        const captured = await see("hermes/asr/textCaptured", begin);
        expect(
          wordErrors("turn on the living room lamp", captured.text, "en").rate,
          `${captured.text}\n${program.log.join("\n")}`,
        ).toBeLessThanOrEqual(1 / 3);
        expect(await see("irene_edge/event/text", begin)).toMatchObject({
          text: captured.text,
          site: "desk",
        });
        expect(await see("hermes/dialogueManager/sessionEnded", begin)).toMatchObject({
          termination: { reason: "nominal" },
        });
        expect(home.asked.at(-1)).toMatchObject({ text: expect.stringMatching(/lamp/i) });
        const before = recording.bytes();
        await vi.waitFor(() => expect(recording.bytes()).toBeGreaterThan(before + 16_000), PATIENT);
        // The chime, and the answer to its end.
        expect(loudSeconds(await recording.stop())).toBeGreaterThan(1);
      });

      it("showed what it was at, in order", async () => {
        await observer.until("rest", () => states().at(-1) === "idle");
        expect(states(begin)).toEqual(["listening", "thinking", "speaking", "idle"]);
      });

      it("kept its sound to itself", () => {
        const topics = observer.seen.map(({ topic }) => topic);
        expect(topics.filter((topic) => topic.startsWith("hermes/audioServer/"))).toEqual([]);
      });

      it("can be interrupted by the wake word while it speaks", async () => {
        home.reply = () => ({
          status: 200,
          body: JSON.stringify({
            response: { speech: { plain: { speech: `${ANSWER} `.repeat(20) } }, language: "en" },
          }),
        });
        const from = observer.seen.length;
        await wake();
        await see("hermes/asr/startListening", from);
        await server.say(spoken("turn-on-the-living-room-lamp.wav"));
        await observer.see(
          "the answer",
          ({ topic, text }) => topic === "irene_edge/board/state" && text === "speaking",
          from,
        );
        const speaking = observer.seen.length;
        await wake();
        expect(await see("hermes/dialogueManager/sessionEnded", speaking)).toMatchObject({
          termination: { reason: "abortedByUser" },
        });
        await see("hermes/asr/startListening", speaking);
        await observer.until("the light to show that it listens", () => states().at(-1) === "listening");
        // Nothing but the wake word is said: to that there is no answer.
        home.reply = () => ({ status: 200, body: JSON.stringify({ response: { speech: {} } }) });
        await observer.publish("hermes/asr/stopListening", JSON.stringify({ siteId: "desk" }));
        await observer.until("rest", () => states().at(-1) === "idle");
      });

      it("can be muted in Home Assistant, and says how loud it is", async () => {
        const { components } = await see(
          `homeassistant/device/irene_edge_${(await program.status()).installId}/config`,
        );
        const commandOf = (key: string) => components[key].command_topic as string;
        await observer.publish(commandOf("microphone_mute"), "ON");
        await observer.until("the mute", () => states().at(-1) === "muted");
        await vi.waitFor(async () => expect(await server.recordings()).toBe(0), PATIENT);
        await observer.publish("irene_edge/set/volume/desk", "40");
        await observer.see(
          "the volume",
          ({ topic, text }) => topic === "irene_edge/board" && JSON.parse(text).volume === 40,
        );
        await observer.publish(commandOf("microphone_mute"), "OFF");
        await observer.until("the microphone", () => states().at(-1) === "idle");
        await vi.waitFor(async () => expect(await server.recordings()).toBe(1), PATIENT);
      });

      it("hears again when its microphone was taken away and comes back", async () => {
        await server.unplug();
        await observer.until("the trouble", () => states().at(-1) === "error");
        await server.plugIn();
        await observer.until("the microphone", () => states().at(-1) === "idle");
        await wake();
      });
    },
  );
}
