import { describe, expect, it } from "vitest";
import { HERMES_DEFAULTS } from "../../../src/gateways/hermes/options.js";
import { HandClock } from "../../fixtures/hand-clock.js";
import { house, noise, passedOver } from "../../fixtures/hermes-house.js";

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

  it("can be made louder", async () => {
    const { bridge, see } = await house();
    bridge.setVolume("kitchen", 0.4);
    expect(await see("rhasspy/audioServer/setVolume")).toEqual({ siteId: "kitchen", volume: 0.4 });
  });

  it("are refused for sites that are not served", async () => {
    const { bridge } = await house({}, { sites: ["kitchen"] });
    await expect(bridge.announce("attic", "Boo")).rejects.toMatchObject({ code: "busy" });
    await expect(bridge.announce("a/#", "Boo")).rejects.toMatchObject({ code: "busy" });
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
