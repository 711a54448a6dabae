import { describe, expect, it, onTestFinished } from "vitest";
import { systemClock } from "../../../src/base/clock.js";
import { BrokerLink } from "../../../src/gateways/mqtt/broker-link.js";
import { EmbeddedBroker } from "../../../src/gateways/mqtt/embedded-broker.js";
import { MqttObserver } from "../../fixtures/mqtt-observer.js";
import { recordingLogger } from "../../fixtures/recording-logger.js";

const RIGHT = { username: "irene", password: "right" };

async function linked({ audio }: { audio: boolean }) {
  const broker = await EmbeddedBroker.start(
    { host: "127.0.0.1", port: 0, credentials: RIGHT },
    recordingLogger(),
  );
  onTestFinished(() => broker.close());
  const observer = await MqttObserver.connect(broker.url, ["#"], RIGHT);
  onTestFinished(() => observer.close());
  const logger = recordingLogger();
  let attempts = 0;
  const link = new BrokerLink(
    {
      baseTopic: "house/irene",
      installId: "a1",
      audio,
      backOff: { firstMs: 10, maxMs: 20 },
      endpoint: async () => ({ url: broker.url, ...RIGHT, ...(++attempts <= 3 && { password: "wrong" }) }),
    },
    { clock: systemClock, logger },
  );
  onTestFinished(() => link.close());
  link.start();
  await Promise.all([link.control, link.audio].map((port) => new Promise<void>((up) => port.onConnect(up))));
  return { link, observer, lines: logger.lines, broker, attempts: () => attempts };
}

describe("BrokerLink", () => {
  it("tries a wrong password with one connection only, and reports it once", async () => {
    const { lines, attempts, link } = await linked({ audio: true });
    expect(attempts()).toBe(5);
    const told = lines
      .filter(({ level }) => level !== "debug")
      .map(({ level, message }) => `${level} ${message}`);
    expect(told).toEqual([
      expect.stringMatching(/^warn .*refused the user name or password/),
      expect.stringMatching(/^info Connected to the MQTT broker/),
    ]);
    expect(link.audio).not.toBe(link.control);
  });

  it("announces itself once, whatever the number of its connections, and says goodbye", async () => {
    const { link, observer } = await linked({ audio: true });
    await observer.see("online", ({ topic, text }) => topic === "house/irene/status" && text === "online");
    await link.close();
    await observer.see("offline", ({ topic, text }) => topic === "house/irene/status" && text === "offline");
    expect(observer.count("house/irene/status")).toBe(2);
    expect(link.status).toEqual({ state: "closed" });
  });

  it("makes do with one connection where no sound goes over the broker", async () => {
    const { link, attempts } = await linked({ audio: false });
    expect(link.audio).toBe(link.control);
    expect(attempts()).toBe(4);
  });
});
