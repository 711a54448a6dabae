import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { systemClock } from "../../../src/base/clock.js";
import { CoreNames } from "../../../src/gateways/home-assistant/core-names.js";
import type { HomeNames } from "../../../src/home/names.js";
import { FakeCore } from "../../fixtures/fake-core.js";
import { HandClock } from "../../fixtures/hand-clock.js";
import { PATIENCE } from "../../fixtures/patience.js";
import { recordingLogger } from "../../fixtures/recording-logger.js";

describe("CoreNames", () => {
  let core: FakeCore;
  let clock: HandClock;
  let log: ReturnType<typeof recordingLogger>;
  let names: CoreNames;
  let told: HomeNames[];
  const open = (address = core.address, time: HandClock | typeof systemClock = clock) =>
    new CoreNames({ address, clock: time, log, onNames: (found) => told.push(found) });
  const warnings = () => log.lines.filter(({ level }) => level === "warn").map(({ message }) => message);
  /** Lets what was gathered be read. */
  const gather = async () => {
    await clock.waitedFor(1_000);
    clock.advance(1_000);
  };

  beforeEach(async () => {
    core = await FakeCore.start();
    core.areas.set("office", { name: "Office", aliases: ["Study"] });
    core.floors.set("first", { name: "First Floor" });
    core.entities.set("light.blue_lamp", { name: "Blue Lamp", aliases: ["Reading Light", null] });
    core.entities.set("lock.front_door", {});
    core.entities.set("script.party_time", { registered: false });
    core.entities.set("light.attic", { exposed: false });
    core.entities.set("update.router", {});
    clock = new HandClock();
    log = recordingLogger();
    told = [];
    names = open();
  });
  afterEach(async () => {
    await names.close();
    await core.stop();
  });

  it("tells names and aliases of what is exposed, with areas and floors", async () => {
    names.start();
    await expect.poll(() => told, PATIENCE).toHaveLength(1);
    expect(told[0]).toEqual({
      areas: ["Office", "Study"],
      floors: ["First Floor"],
      lights: ["Blue Lamp", "Reading Light"],
      locks: ["Front Door"],
      scripts: ["Party Time"],
    });
    expect(names.state).toEqual({ connected: true });
  });

  it("hears of a new name by an event, and reads several changes at once", async () => {
    names.start();
    await expect.poll(() => told, PATIENCE).toHaveLength(1);
    await clock.waitedFor(60_000);
    core.change("light.blue_lamp", { name: "Standing Light", aliases: [] });
    core.change("lock.front_door", { name: "Main Door" });
    await gather();
    await expect.poll(() => told, PATIENCE).toHaveLength(2);
    expect(told[1]).toMatchObject({ lights: ["Standing Light"], locks: ["Main Door"] });
  });

  it("hears of a new area, and says nothing of a change that changes no name", async () => {
    names.start();
    await expect.poll(() => told, PATIENCE).toHaveLength(1);
    await clock.waitedFor(60_000);
    core.change("light.blue_lamp", {});
    await gather();
    await clock.waitedFor(60_000);
    expect(told).toHaveLength(1);
    core.areas.set("kitchen", { name: "Kitchen" });
    core.fire("area_registry_updated");
    await gather();
    await expect.poll(() => told.at(-1)?.areas, PATIENCE).toEqual(["Office", "Study", "Kitchen"]);
  });

  it("finds by looking what was exposed or hidden without an event", async () => {
    names.start();
    await expect.poll(() => told, PATIENCE).toHaveLength(1);
    core.entities.set("script.party_time", { registered: false, exposed: false });
    await clock.waitedFor(60_000);
    clock.advance(60_000);
    await expect.poll(() => told, PATIENCE).toHaveLength(2);
    expect(told[1]).not.toHaveProperty("scripts");
  });

  it("comes back after a restart of Home Assistant, and knows what was renamed meanwhile", async () => {
    names.start();
    await expect.poll(() => told, PATIENCE).toHaveLength(1);
    core.dropAll();
    await clock.waitedFor(2_000);
    expect(names.state).toMatchObject({ connected: false });
    core.entities.set("lock.front_door", { name: "Main Door" });
    clock.advance(2_000);
    await expect.poll(() => told.at(-1)?.locks, PATIENCE).toEqual(["Main Door"]);
    expect(warnings()).toEqual([]);
  });

  it("waits longer each time while nobody answers, and complains twice at most", async () => {
    const { port } = core;
    await core.stop();
    names.start();
    for (const waitMs of [2_000, 4_000, 8_000]) {
      await clock.waitedFor(waitMs);
      clock.advance(waitMs);
    }
    await clock.waitedFor(16_000);
    expect(warnings()).toHaveLength(2);
    expect(warnings()[0]).toMatch(/^The home's names are not up to date: Home Assistant does not answer/);
    core = await FakeCore.start(port);
    core.areas.set("office", { name: "Office" });
    clock.advance(16_000);
    await expect.poll(() => told, PATIENCE).toEqual([{ areas: ["Office"] }]);
  });

  it("says what to do when it is not let in", async () => {
    names = open({ ...core.address, token: "another" });
    names.start();
    await clock.waitedFor(2_000);
    expect(warnings()[0]).toContain("the add-on needs homeassistant_api");
    expect(told).toEqual([]);
  });

  it("gives up a question that is not answered, and asks again", async () => {
    core.mute.add("get_states");
    names.start();
    await expect.poll(() => core.commands, PATIENCE).toContain("get_states");
    await clock.waitedFor(20_000);
    clock.advance(20_000);
    await clock.waitedFor(2_000);
    expect(warnings()[0]).toContain("no answer to get_states within 20 s");
    core.mute.clear();
    clock.advance(2_000);
    await expect.poll(() => told, PATIENCE).toHaveLength(1);
  });

  it("keeps the names it has when a question is refused", async () => {
    names.start();
    await expect.poll(() => told, PATIENCE).toHaveLength(1);
    await clock.waitedFor(60_000);
    core.refusals.set("config/entity_registry/get_entries", "home_assistant_error");
    core.change("lock.front_door", { name: "Main Door" });
    await gather();
    await clock.waitedFor(2_000);
    expect(told).toHaveLength(1);
    expect(names.state.problem).toContain("home_assistant_error");
  });

  it("ends a connection that sends more than anybody should take, or what is no message", async () => {
    core.ballast = "x".repeat(33 * 1024 * 1024);
    names.start();
    await clock.waitedFor(2_000);
    expect(told).toEqual([]);
    core.ballast = "";
    clock.advance(2_000);
    await expect.poll(() => told, PATIENCE).toHaveLength(1);
    core.sendRaw("no json");
    await vi.waitFor(() => expect(names.state.problem).toContain("no JSON message"), PATIENCE);
  });

  it("notices a Home Assistant that has gone silent", async () => {
    names.start();
    await expect.poll(() => told, PATIENCE).toHaveLength(1);
    await clock.waitedFor(60_000);
    core.mute.add("ping");
    clock.advance(45_000);
    await clock.waitedFor(20_000);
    clock.advance(20_000);
    await clock.waitedFor(2_000);
    expect(names.state.problem).toContain("no answer to ping");
  });

  it("reads a house of five thousand entities", async () => {
    for (let n = 0; n < 5_000; n += 1) core.entities.set(`sensor.s_${n}`, { name: `Sensor ${n}` });
    names = open(core.address, systemClock);
    names.start();
    await expect.poll(() => told, PATIENCE).toHaveLength(1);
    expect(told[0]?.sensors).toHaveLength(2_000);
    expect(told[0]?.lights).toEqual(["Blue Lamp", "Reading Light"]);
  });
});
