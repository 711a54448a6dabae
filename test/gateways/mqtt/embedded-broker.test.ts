import { createServer } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { EmbeddedBroker, type EmbeddedBrokerOptions } from "../../../src/gateways/mqtt/embedded-broker.js";
import { MqttObserver } from "../../fixtures/mqtt-observer.js";
import { recordingLogger } from "../../fixtures/recording-logger.js";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

async function broker(options: Partial<EmbeddedBrokerOptions> = {}) {
  const logger = recordingLogger();
  const started = await EmbeddedBroker.start({ host: "127.0.0.1", port: 0, ...options }, logger);
  cleanups.push(() => started.close());
  return { broker: started, lines: logger.lines };
}

async function observe(...args: Parameters<typeof MqttObserver.connect>) {
  const observer = await MqttObserver.connect(...args);
  cleanups.push(() => observer.close());
  return observer;
}

describe("EmbeddedBroker", () => {
  it("says on which port it listens and carries messages between clients", async () => {
    const { broker: started, lines } = await broker();
    expect(lines.at(-1)?.message).toBe(`The embedded MQTT broker listens on 127.0.0.1:${started.port}`);
    const [one, two] = [await observe(started.url), await observe(started.url, [])];
    await two.publish("greeting", "hello", true);
    expect((await one.see("the greeting", ({ topic }) => topic === "greeting")).text).toBe("hello");
    const late = await observe(started.url);
    expect((await late.see("the stored greeting", ({ topic }) => topic === "greeting")).retained).toBe(true);
  });

  it("takes the next free port when the wanted one is taken", async () => {
    const other = createServer();
    const wanted = await new Promise<number>((resolve) => {
      other.listen(0, "127.0.0.1", () => resolve((other.address() as { port: number }).port));
    });
    cleanups.push(() => other.close());
    const { broker: started } = await broker({ port: wanted });
    expect(started.port).toBeGreaterThan(wanted);
  });

  it("explains an address it cannot listen on", async () => {
    const start = EmbeddedBroker.start({ host: "203.0.113.1", port: 1883 }, recordingLogger());
    await expect(start).rejects.toMatchObject({
      code: "port-taken",
      message: expect.stringContaining("203.0.113.1:1883"),
    });
  });

  it("lets in only who knows the password", async () => {
    const { broker: started } = await broker({ credentials: { username: "irene", password: "right" } });
    await expect(observe(started.url, [], { username: "irene", password: "wrong" })).rejects.toThrow(
      /Not authorized/,
    );
    await expect(observe(started.url, [])).rejects.toThrow(/Not authorized/);
    await observe(started.url, [], { username: "irene", password: "right" });
  });

  it("cuts off a client that sends too long a packet, and serves the others", async () => {
    const { broker: started, lines } = await broker({ maxPacketBytes: 10_000 });
    const [greedy, modest] = [await observe(started.url, []), await observe(started.url)];
    const gone = new Promise<void>((resolve) => greedy.client.once("close", () => resolve()));
    greedy.client.publish("big", Buffer.alloc(20_000), { qos: 1 });
    await gone;
    await modest.publish("small", "fine");
    await modest.see("the small message", ({ topic }) => topic === "small");
    expect(modest.count("big")).toBe(0);
    expect(lines.some(({ message }) => message.includes("more than 10000 bytes"))).toBe(true);
  });

  it("turns away more clients than it may have", async () => {
    const { broker: started, lines } = await broker({ maxClients: 1 });
    await observe(started.url, []);
    await expect(observe(started.url, [])).rejects.toThrow("the broker hung up");
    expect(lines.at(-1)?.message).toContain("Too many MQTT clients");
  });

  it("stores no more topics than it may, but lets stored ones change and go", async () => {
    const { broker: started } = await broker({ maxRetained: 2 });
    const observer = await observe(started.url, []);
    await observer.publish("a", "1", true);
    await observer.publish("b", "1", true);
    await observer.publish("a", "2", true);
    await observer.publish("b", "", true);
    await observer.publish("c", "1", true);
    observer.client.publish("d", "1", { qos: 1, retain: true });
    const late = await observe(started.url);
    await late.until("the stored topics", () => late.seen.length >= 2);
    expect(late.seen.map(({ topic, text }) => `${topic}=${text}`).sort()).toEqual(["a=2", "c=1"]);
  });
});
