import { afterEach, describe, expect, it } from "vitest";
import { systemClock } from "../../../src/base/clock.js";
import { ZeroconfAnnouncer } from "../../../src/gateways/zeroconf/announcer.js";
import { MdnsListener, OWN_ADDRESS, PTR, SRV } from "../../fixtures/mdns-listener.js";
import { recordingLogger } from "../../fixtures/recording-logger.js";

const NEEDS = OWN_ADDRESS ? "" : " [skipped: this machine has no network]";
const TYPE = "_wyoming._tcp.local";

describe.skipIf(!OWN_ADDRESS)(`ZeroconfAnnouncer${NEEDS}`, () => {
  const cleanUp: (() => void | Promise<void>)[] = [];
  afterEach(async () => {
    for (const clean of cleanUp.splice(0)) await clean();
  });

  it("tells the network of each port, and takes all back at the end", async () => {
    const log = recordingLogger();
    const network = await MdnsListener.open(OWN_ADDRESS ?? "");
    cleanUp.push(() => network.close());
    const announcer = new ZeroconfAnnouncer({ host: "0.0.0.0", clock: systemClock, log });
    cleanUp.push(() => announcer.close());
    const own = `irene-test-${process.pid}`;
    await announcer.announce({ name: own, port: 10_300 });
    await announcer.announce({ name: `${own}-vosk`, port: 10_301 });
    expect(log.lines.filter(({ level }) => level === "warn")).toEqual([]);
    for (const [name, port] of [
      [own, 10_300],
      [`${own}-vosk`, 10_301],
    ] as const) {
      const full = `${name}.${TYPE}`;
      await network.find((record) => record.type === PTR && record.name === TYPE && record.target === full);
      const service = await network.find((record) => record.type === SRV && record.name === full);
      expect([service.data.readUInt16BE(4), service.ttl > 0]).toEqual([port, true]);
    }
    await announcer.close();
    await network.find(
      ({ type, target, ttl }) => type === PTR && target === `${own}-vosk.${TYPE}` && ttl === 0,
    );
    await announcer.announce({ name: `${own}-late`, port: 1 });
    expect(log.lines.map(({ message }) => message).join()).not.toContain("late");
  });

  it("cuts a name that is too long for a label, never within a letter", async () => {
    const log = recordingLogger();
    const announcer = new ZeroconfAnnouncer({ host: "0.0.0.0", clock: systemClock, log });
    cleanUp.push(() => announcer.close());
    await announcer.announce({ name: "ж".repeat(40), port: 10_302 });
    expect(log.lines).toEqual([
      expect.objectContaining({ level: "info", message: expect.stringContaining(`${"ж".repeat(31)}.`) }),
    ]);
  });

  it("ends at once when nothing was announced", async () => {
    const log = recordingLogger();
    const announcer = new ZeroconfAnnouncer({ host: "0.0.0.0", clock: systemClock, log });
    await announcer.close();
    await announcer.close();
    expect(log.lines).toEqual([]);
  });
});
