import { describe, expect, it } from "vitest";
import { HERMES_DEFAULTS } from "../../../src/gateways/hermes/options.js";
import { HandClock } from "../../fixtures/hand-clock.js";
import { house, NOBODY, noise, passedOver } from "../../fixtures/hermes-house.js";

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

  it.each([
    ["nobody here listens for words", { roles: { ...HERMES_DEFAULTS.roles, hotword: false } }, {}],
    ["no word is chosen", {}, { hearsWakeWords: () => false }],
  ])("ask the broker for the sound of single sites only where %s", async (_, options, parts) => {
    const { satellite, send, settled, voices, bridge, logger } = await house({}, options, parts);
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
    expect(bridge.sites()).toEqual(["attic", NOBODY]);
    expect(voices.openWakeStreams.size).toBe(0);
    expect(logger.lines.filter(({ level }) => level === "warn")).toEqual([]);
  });
});
