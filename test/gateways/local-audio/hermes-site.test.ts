import { describe, expect, it, onTestFinished, vi } from "vitest";
import { systemClock } from "../../../src/base/clock.js";
import { DeviceError } from "../../../src/base/errors.js";
import { HermesBridge } from "../../../src/gateways/hermes/bridge.js";
import type { Conversation } from "../../../src/gateways/hermes/dialogues.js";
import { HERMES_DEFAULTS } from "../../../src/gateways/hermes/options.js";
import { HermesSite } from "../../../src/gateways/local-audio/hermes-site.js";
import { LocalBus } from "../../../src/gateways/local-audio/local-bus.js";
import { FakeBoard } from "../../fixtures/fake-board.js";
import { FakeVoices } from "../../fixtures/fake-voices.js";
import { recordingLogger } from "../../fixtures/recording-logger.js";

const PATIENT = { timeout: 20_000, interval: 10 };
const FRAME = 2_048;

/** The board, and services for it alone, without any broker. */
function alone({ answer = "It is on.", bargeIn = true } = {}) {
  const log = recordingLogger();
  const port = new LocalBus({ site: "desk", clock: systemClock, log }).end();
  const seen: string[] = [];
  port.subscribe("hermes/#", 0, ({ topic }) => {
    if (!topic.endsWith("audioFrame")) seen.push(topic.replace("hermes/", ""));
  });
  const asked: string[] = [];
  const conversation: Conversation = {
    ask: async ({ text }) => {
      asked.push(text);
      return { text: answer };
    },
  };
  const voices = new FakeVoices({
    wake: { word: "hey_jarvis", afterBytes: 4 * FRAME },
    speechEndsAfterBytes: 4 * FRAME,
    speechSeconds: 0.2,
  });
  const bridge = new HermesBridge(
    { ...HERMES_DEFAULTS, sites: ["desk"], ownSite: { siteId: "desk", bargeIn } },
    { control: port, audio: port, voices, clock: systemClock, logger: log, conversation },
  );
  bridge.start();
  const board = new FakeBoard();
  const site = new HermesSite({ site: "desk", board, port, clock: systemClock, log });
  site.start();
  onTestFinished(() => {
    site.close();
    bridge.close();
  });
  const until = (what: string) => vi.waitFor(() => expect(board.done).toContain(what), PATIENT);
  const send = (topic: string, message: object) =>
    port.publish({ topic, payload: JSON.stringify(message), qos: 0 });
  /** Speaks until something follows from it. */
  const speakUntil = (what: () => boolean) =>
    vi.waitFor(() => {
      board.speak(FRAME);
      expect(what()).toBe(true);
    }, PATIENT);
  const woken = () => speakUntil(() => board.done.includes("listening"));
  const answered = async () => {
    await woken();
    await speakUntil(() => board.done.includes("play 22050"));
  };
  return { board, seen, asked, voices, log, until, send, woken, answered, bridge };
}

describe("the board as a site of the services", () => {
  it("is woken, understood and answered without a broker", async () => {
    const { board, asked, answered, seen } = alone();
    await answered();
    expect(asked).toEqual(["turn on the lamp"]);
    board.heardOut();
    await vi.waitFor(() => expect(seen).toContain("dialogueManager/sessionEnded"), PATIENT);
    expect(board.done).toEqual(["chime", "listening", "thinking", "play 22050", "idle"]);
  });

  it("is idle at once where there is no answer", async () => {
    const { board, woken, until } = alone({ answer: "" });
    await woken();
    await vi.waitFor(() => {
      board.speak(FRAME);
      expect(board.done).toContain("thinking");
    }, PATIENT);
    await until("idle");
    expect(board.playing).toBe(0);
  });

  it("stops speaking when the wake word interrupts it, and listens", async () => {
    const { board, answered, seen } = alone();
    await answered();
    board.done.length = 0;
    await vi.waitFor(() => {
      board.speak(FRAME);
      expect(board.done).toContain("hush");
    }, PATIENT);
    await vi.waitFor(() => expect(board.done.at(-1)).toBe("listening"), PATIENT);
    expect(board.done.slice(0, 3)).toEqual(["hush", "chime", "listening"]);
    expect(seen.filter((topic) => topic === "dialogueManager/sessionEnded")).toHaveLength(1);
    expect(board.playing).toBe(0);
  });

  it("is not interrupted where the user does not want it", async () => {
    const { board, answered, seen } = alone({ bargeIn: false });
    await answered();
    const before = seen.filter((topic) => topic.endsWith("/detected")).length;
    for (let n = 0; n < 40; n++) board.speak(FRAME);
    board.heardOut();
    await vi.waitFor(() => expect(seen).toContain("dialogueManager/sessionEnded"), PATIENT);
    expect(seen.filter((topic) => topic.endsWith("/detected")).length).toBe(before);
  });

  it("ends the dialogue when it is muted", async () => {
    const { board, woken, until, asked } = alone();
    await woken();
    board.setMuted(true);
    await until("idle");
    expect(asked).toEqual([]);
  });

  it("plays what is announced, as loud as it is told", async () => {
    const { board, bridge, send, until } = alone();
    bridge.setVolume("desk", 0.4);
    await until("volume 40");
    const announced = bridge.announce("desk", "Dinner is ready");
    await until("play 22050");
    board.heardOut();
    await announced;
    await send("hermes/audioServer/toggleOff", { siteId: "desk" });
    await bridge.announce("desk", "Nobody hears this");
    expect(board.done.filter((each) => each.startsWith("play"))).toHaveLength(1);
  });

  it("says that it cannot play, and that it is done all the same", async () => {
    const { board, bridge, seen, log } = alone();
    board.playError = new DeviceError("device-unavailable", "No speaker can be used.");
    await bridge.announce("desk", "Dinner is ready");
    expect(seen).toContain("error/audioServer/play");
    expect(log.lines.map(({ message }) => message).join()).toContain("No speaker can be used.");
  });
});
