import { spawn } from "node:child_process";
import { describe, expect, it } from "vitest";
import { EmbeddedBroker } from "../../../src/gateways/mqtt/embedded-broker.js";
import { HAS_MOSQUITTO, MOSQUITTO_NEEDED, Mosquitto } from "../../fixtures/mosquitto.js";
import { MqttObserver } from "../../fixtures/mqtt-observer.js";
import { recordingLogger } from "../../fixtures/recording-logger.js";

/** A process that is online at the broker until it is killed. */
const PROGRAM = `
  const { BrokerClient } = await import(process.argv[1]);
  const { systemClock } = await import(process.argv[2]);
  const { silentLogger } = await import(process.argv[3]);
  const client = new BrokerClient(
    { clientId: "doomed", endpoint: async () => ({ url: process.argv[4] }), statusTopic: "irene_edge/status" },
    { clock: systemClock, logger: silentLogger },
  );
  client.start();
`;

async function dieConnectedTo(url: string): Promise<void> {
  const observer = await MqttObserver.connect(url);
  const built = (path: string) => new URL(`../../../dist/${path}`, import.meta.url).href;
  const child = spawn(
    process.execPath,
    [
      "--input-type=module",
      "-e",
      PROGRAM,
      built("gateways/mqtt/client.js"),
      built("base/clock.js"),
      built("base/logger.js"),
      url,
    ],
    { stdio: ["ignore", "ignore", "inherit"] },
  );
  try {
    await observer.see("online", ({ topic, text }) => topic === "irene_edge/status" && text === "online");
    child.kill("SIGKILL");
    await observer.see("offline", ({ topic, text }) => topic === "irene_edge/status" && text === "offline");
    const late = await MqttObserver.connect(url);
    const kept = await late.see("the stored will", ({ topic }) => topic === "irene_edge/status");
    expect(kept).toMatchObject({ text: "offline", retained: true });
    await late.close();
  } finally {
    child.kill("SIGKILL");
    await observer.close();
  }
}

describe("the last will", () => {
  it("says offline for a process that was killed, at the embedded broker", async () => {
    const broker = await EmbeddedBroker.start({ host: "127.0.0.1", port: 0 }, recordingLogger());
    await dieConnectedTo(broker.url);
    await broker.close();
  });

  it.skipIf(!HAS_MOSQUITTO)(
    `says offline for a process that was killed, at mosquitto${MOSQUITTO_NEEDED}`,
    async () => {
      const broker = await Mosquitto.start();
      await dieConnectedTo(broker.url);
      await broker.stop();
    },
  );
});
