import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SupervisorApi } from "../../../src/gateways/supervisor/api.js";
import { AddonStats } from "../../../src/gateways/supervisor/stats.js";
import { FakeSupervisor } from "../../fixtures/fake-supervisor.js";
import { HandClock } from "../../fixtures/hand-clock.js";
import { RecordingLogger } from "../../fixtures/recording-logger.js";

const PATH = "/addons/self/stats";

describe("AddonStats", () => {
  let supervisor: FakeSupervisor;
  let clock: HandClock;
  let log: RecordingLogger;
  let changes: number;
  let stats: AddonStats;
  const open = (token: string) => {
    const api = new SupervisorApi({ url: supervisor.url, token });
    return new AddonStats({ api, clock, log, changed: () => (changes += 1) });
  };
  beforeEach(async () => {
    supervisor = await FakeSupervisor.start();
    clock = new HandClock();
    log = new RecordingLogger();
    changes = 0;
    stats = open(supervisor.token);
  });
  afterEach(async () => {
    stats.close();
    await supervisor.stop();
  });

  it("has what the Supervisor measured, and asks again each minute", async () => {
    expect(stats.latest).toBeUndefined();
    await stats.start();
    expect(stats.latest).toEqual({
      atMs: 0,
      cpuPercent: 12.5,
      memoryBytes: 612_000_000,
      memoryLimitBytes: 3_976_000_000,
    });
    supervisor.stats = { ...supervisor.stats, cpu_percent: 80 };
    clock.advance(60_000);
    await clock.waitedFor(60_000);
    expect(stats.latest).toMatchObject({ atMs: 60_000, cpuPercent: 80 });
    expect(changes).toBe(2);
  });

  it("has nothing while there is no answer, says so once, and goes on asking", async () => {
    supervisor.refusals.set(PATH, 500);
    await stats.start();
    clock.advance(60_000);
    await clock.waitedFor(60_000);
    expect(stats.latest).toBeUndefined();
    expect(log.lines).toHaveLength(1);
    supervisor.refusals.delete(PATH);
    clock.advance(60_000);
    await clock.waitedFor(60_000);
    expect(stats.latest?.cpuPercent).toBe(12.5);
  });

  it("has nothing of an answer without the figures", async () => {
    supervisor.stats = { cpu_percent: "a lot" };
    await stats.start();
    expect(stats.latest).toBeUndefined();
    expect(log.lines[0]).toContain("cpu_percent");
  });

  it.each([
    ["a token the Supervisor does not know", () => open("other")],
    [
      "a missing right",
      () => {
        supervisor.refusals.set(PATH, 403);
        return open(supervisor.token);
      },
    ],
  ])("stops asking with %s", async (_, opened) => {
    const refused = opened();
    await refused.start();
    clock.advance(600_000);
    expect(supervisor.calls).toHaveLength(1);
    expect(changes).toBe(0);
  });

  it("asks no more once it is closed", async () => {
    await stats.start();
    stats.close();
    clock.advance(600_000);
    expect(supervisor.calls).toHaveLength(1);
  });
});
