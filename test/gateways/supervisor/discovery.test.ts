import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SupervisorApi } from "../../../src/gateways/supervisor/api.js";
import { WyomingDiscovery } from "../../../src/gateways/supervisor/discovery.js";
import { FakeSupervisor } from "../../fixtures/fake-supervisor.js";
import { HandClock } from "../../fixtures/hand-clock.js";
import { RecordingLogger } from "../../fixtures/recording-logger.js";

const URI = "tcp://local-irene-edge:10300";

describe("WyomingDiscovery", () => {
  let supervisor: FakeSupervisor;
  let clock: HandClock;
  let log: RecordingLogger;
  let discovery: WyomingDiscovery;
  const open = (url: string, token: string) =>
    new WyomingDiscovery({ api: new SupervisorApi({ url, token }), clock, log });
  beforeEach(async () => {
    supervisor = await FakeSupervisor.start();
    clock = new HandClock();
    log = new RecordingLogger();
    discovery = open(supervisor.url, supervisor.token);
  });
  afterEach(async () => {
    discovery.close();
    await supervisor.stop();
  });

  it("posts the address of the Wyoming port", async () => {
    await discovery.announce(URI);
    expect(supervisor.calls).toEqual([
      { method: "POST", path: "/discovery", body: { service: "wyoming", config: { uri: URI } } },
    ]);
    expect(log.lines).toEqual([`info Home Assistant is told of ${URI}`]);
  });

  it("sends the same address once, and leaves one message when another program run repeats it", async () => {
    await discovery.announce(URI);
    await discovery.announce(URI);
    expect(supervisor.calls).toHaveLength(1);
    const { uuid } = supervisor.discovery.get("wyoming") ?? {};
    await open(supervisor.url, supervisor.token).announce(URI);
    expect(supervisor.calls).toHaveLength(2);
    expect(supervisor.discovery.get("wyoming")?.uuid).toBe(uuid);
  });

  it("puts a new address in the place of the old one", async () => {
    await discovery.announce(URI);
    await discovery.announce("tcp://local-irene-edge:10301");
    expect(supervisor.discovery.get("wyoming")?.config).toEqual({ uri: "tcp://local-irene-edge:10301" });
  });

  it("tries again, waiting longer each time, and complains once", async () => {
    supervisor.refusals.set("/discovery", 500);
    await discovery.announce(URI);
    await clock.waitedFor(5_000);
    clock.advance(5_000);
    await clock.waitedFor(10_000);
    supervisor.refusals.clear();
    clock.advance(10_000);
    await supervisor.call("/discovery", 3);
    expect(supervisor.discovery.get("wyoming")?.config).toEqual({ uri: URI });
    expect(log.lines.filter((line) => line.startsWith("warn"))).toHaveLength(1);
  });

  it("finds a Supervisor that comes later", async () => {
    const { port, url, token } = supervisor;
    await supervisor.stop();
    const early = open(url, token);
    await early.announce(URI);
    await clock.waitedFor(5_000);
    supervisor = await FakeSupervisor.start(port);
    clock.advance(5_000);
    await supervisor.call("/discovery");
    expect(supervisor.discovery.get("wyoming")?.config).toEqual({ uri: URI });
  });

  it.each([
    ["is not allowed to", 403],
    ["has no token", 401],
  ])("says how to do it by hand when it %s, and leaves it at that", async (_, status) => {
    if (status === 403) supervisor.refusals.set("/discovery", 403);
    const refused = status === 401 ? open(supervisor.url, "") : discovery;
    await refused.announce(URI);
    clock.advance(3_600_000);
    expect(supervisor.calls).toHaveLength(1);
    expect(log.lines.join("\n")).toContain("Add the Wyoming Protocol integration by hand");
  });

  it("stops trying when it is closed", async () => {
    supervisor.refusals.set("/discovery", 500);
    await discovery.announce(URI);
    discovery.close();
    clock.advance(3_600_000);
    await discovery.announce("tcp://other:1");
    expect(supervisor.calls).toHaveLength(1);
  });
});
