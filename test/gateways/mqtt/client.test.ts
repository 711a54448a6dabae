import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { systemClock } from "../../../src/base/clock.js";
import {
  BrokerClient,
  type BrokerClientOptions,
  type BrokerStatus,
} from "../../../src/gateways/mqtt/client.js";
import { EmbeddedBroker } from "../../../src/gateways/mqtt/embedded-broker.js";
import {
  freePort,
  HAS_MOSQUITTO,
  MOSQUITTO_NEEDED,
  Mosquitto,
  type MosquittoOptions,
} from "../../fixtures/mosquitto.js";
import { MqttObserver } from "../../fixtures/mqtt-observer.js";
import { recordingLogger } from "../../fixtures/recording-logger.js";

const BACK_OFF = { firstMs: 20, maxMs: 100 };
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

function clientOf(url: string, options: Partial<BrokerClientOptions> = {}) {
  const logger = recordingLogger();
  const client = new BrokerClient(
    { clientId: `test-${Math.random()}`, endpoint: async () => ({ url }), backOff: BACK_OFF, ...options },
    { clock: systemClock, logger },
  );
  cleanups.push(() => client.close());
  return { client, lines: logger.lines };
}

async function mosquitto(options?: MosquittoOptions): Promise<Mosquitto> {
  const broker = await Mosquitto.start(options);
  cleanups.push(() => broker.stop());
  return broker;
}

async function observe(url: string, ...rest: [(readonly string[])?, object?]): Promise<MqttObserver> {
  const observer = await MqttObserver.connect(url, ...rest);
  cleanups.push(() => observer.close());
  return observer;
}

const connected = (client: BrokerClient) =>
  new Promise<void>((resolve) => {
    const stop = client.onConnect(() => {
      queueMicrotask(() => stop());
      resolve();
    });
  });

const status = (client: BrokerClient, test: (status: BrokerStatus) => boolean) =>
  new Promise<BrokerStatus>((resolve) => {
    if (test(client.status)) return resolve(client.status);
    const stop = client.onStatus((next) => {
      if (!test(next)) return;
      stop();
      resolve(next);
    });
  });

const failing = (code: string) => (next: BrokerStatus) =>
  next.state === "connecting" && next.error !== undefined && "code" in next.error && next.error.code === code;

describe("BrokerClient", () => {
  it("falls back to MQTT 3.1.1 where the broker does not know MQTT 5", async () => {
    const broker = await EmbeddedBroker.start({ host: "127.0.0.1", port: 0 }, recordingLogger());
    cleanups.push(() => broker.close());
    const { client, lines } = clientOf(broker.url);
    client.start();
    await connected(client);
    expect(client.status).toEqual({
      state: "online",
      host: "127.0.0.1",
      port: broker.port,
      protocol: "MQTT 3.1.1",
    });
    expect(lines.filter(({ level }) => level !== "debug")).toHaveLength(1);
  });

  it("falls back to MQTT 3.1.1 where the broker hangs up on MQTT 5 without a word", async () => {
    const versions: (number | undefined)[] = [];
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on("error", () => undefined);
      socket.once("data", (connect) => {
        versions.push(connect[8]);
        if (connect[8] === 5) socket.destroy();
        else socket.write(Buffer.from([0x20, 2, 0, 0]));
      });
    });
    const port = await new Promise<number>((resolve) => {
      server.listen(0, "127.0.0.1", () => resolve((server.address() as { port: number }).port));
    });
    cleanups.push(() => server.close());
    cleanups.push(() => sockets.forEach((socket) => void socket.destroy()));
    const { client } = clientOf(`mqtt://127.0.0.1:${port}`);
    client.start();
    await connected(client);
    expect(versions).toEqual([5, 4]);
  });

  it("keeps trying a broker that is away, in one line of log, and queues what must arrive", async () => {
    const port = await freePort();
    const { client, lines } = clientOf(`mqtt://127.0.0.1:${port}`);
    const received: string[] = [];
    const heard = new Promise<void>((resolve) => {
      client.subscribe("t/#", 1, ({ payload }) => {
        received.push(Buffer.from(payload).toString());
        if (received.length === 2) resolve();
      });
    });
    client.start();
    await status(client, failing("broker-unreachable"));
    const outcomes = Promise.all([
      client.publish({ topic: "t/1", payload: "one", qos: 1 }),
      client.publish({ topic: "t/2", payload: "two", qos: 1 }),
    ]);
    expect(await client.publish({ topic: "t/now", payload: "audio", qos: 0 })).toBe("dropped");
    for (let round = 0; round < 3; round++) {
      await new Promise<void>((resolve) => {
        const stop = client.onStatus(() => {
          stop();
          resolve();
        });
      });
    }
    const warnings = lines.filter(({ level }) => level === "warn");
    expect(warnings).toHaveLength(1);
    expect(warnings[0]?.message).toMatch(
      /^The MQTT broker 127\.0\.0\.1:\d+ cannot be reached: nothing listens there/,
    );

    const broker = await EmbeddedBroker.start({ host: "127.0.0.1", port }, recordingLogger());
    cleanups.push(() => broker.close());
    expect(await outcomes).toEqual(["delivered", "delivered"]);
    await heard;
    expect(received).toEqual(["one", "two"]);
  });

  it("goes on telling the other listeners when one throws", async () => {
    const broker = await EmbeddedBroker.start({ host: "127.0.0.1", port: 0 }, recordingLogger());
    cleanups.push(() => broker.close());
    const { client, lines } = clientOf(broker.url);
    client.subscribe("t", 1, () => {
      throw new Error("listener broke");
    });
    const heard = new Promise((resolve) => client.subscribe("t", 1, resolve));
    client.start();
    await client.publish({ topic: "t", payload: "x", qos: 1 });
    await heard;
    expect(
      lines.some(
        ({ level, fields }) => level === "error" && String(fields["error"]).includes("listener broke"),
      ),
    ).toBe(true);
  });

  it("never sends to a topic that would make the broker cut us off", async () => {
    const { client } = clientOf("mqtt://127.0.0.1:1");
    expect(await client.publish({ topic: "a/#", payload: "", qos: 1 })).toBe("refused");
  });

  it("drops what waits when it is closed, and nothing waits for ever", async () => {
    const { client } = clientOf(`mqtt://127.0.0.1:${await freePort()}`);
    client.start();
    const outcome = client.publish({ topic: "t", payload: "x", qos: 1 });
    const subscription = client.subscribe("t", 1, () => undefined);
    await client.close();
    expect(await outcome).toBe("dropped");
    expect(await subscription.granted).toBe(false);
    expect(client.status).toEqual({ state: "closed" });
  });

  it("says what is wrong with an address that cannot be one", async () => {
    const { client, lines } = clientOf("http://nonsense");
    client.start();
    await status(client, failing("config-invalid"));
    expect(lines.find(({ level }) => level === "warn")?.message).toContain("write it like mqtt://");
  });
});

describe.skipIf(!HAS_MOSQUITTO)(`BrokerClient with a real mosquitto${MOSQUITTO_NEEDED}`, () => {
  it("speaks MQTT 5, says online, and says offline before a clean goodbye", async () => {
    const broker = await mosquitto();
    const observer = await observe(broker.url);
    const { client } = clientOf(broker.url, { statusTopic: "base/status" });
    client.start();
    await observer.see("online", ({ topic, text }) => topic === "base/status" && text === "online");
    expect(client.status).toMatchObject({ state: "online", protocol: "MQTT 5" });
    await client.close();
    await observer.see("offline", ({ topic, text }) => topic === "base/status" && text === "offline");
    const later = await observe(broker.url);
    expect(await later.see("retained status", ({ topic }) => topic === "base/status")).toMatchObject({
      text: "offline",
      retained: true,
    });
  });

  it("puts a false offline right: the will of a line that died late", async () => {
    const broker = await mosquitto();
    const observer = await observe(broker.url);
    const { client } = clientOf(broker.url, { statusTopic: "base/status" });
    client.start();
    await observer.see("online", ({ text }) => text === "online");
    await client.subscribe("base/status", 1, () => undefined).granted;
    await observer.publish("base/status", "offline", true);
    await observer.until("online again", () => observer.count("base/status") === 3);
    expect(observer.last("base/status")).toBe("online");
  });

  it("comes back after the broker was killed, with its subscriptions and what it had to say", async () => {
    const broker = await mosquitto();
    const { client, lines } = clientOf(broker.url, { statusTopic: "base/status" });
    const heard: string[] = [];
    let tell: () => void = () => undefined;
    client.subscribe("to/us", 1, ({ payload }) => {
      heard.push(Buffer.from(payload).toString());
      tell();
    });
    client.start();
    await connected(client);
    await broker.kill();
    await status(client, failing("broker-unreachable"));
    const meanwhile = client.publish({ topic: "from/us", payload: "meanwhile", qos: 1, retain: true });
    await broker.up();
    expect(await meanwhile).toBe("delivered");
    const observer = await observe(broker.url);
    await observer.see("what was said meanwhile", ({ topic }) => topic === "from/us");
    expect((await observer.see("online", ({ topic }) => topic === "base/status")).text).toBe("online");
    const told = new Promise<void>((resolve) => {
      tell = resolve;
    });
    await observer.publish("to/us", "hello again");
    await told;
    expect(heard).toEqual(["hello again"]);
    expect(lines.filter(({ message }) => message.startsWith("Connected"))).toHaveLength(2);
  });

  it("sends again what a broker that froze never acknowledged", async () => {
    const broker = await mosquitto();
    const { client } = clientOf(broker.url, { keepAliveSeconds: 1 });
    client.start();
    await connected(client);
    broker.freeze();
    const outcome = client.publish({ topic: "state", payload: "kept", qos: 1, retain: true });
    await status(client, failing("broker-unreachable"));
    await broker.kill();
    await broker.up();
    expect(await outcome).toBe("delivered");
  });

  it("says once that the password is wrong, asks for another, and gets in with it", async () => {
    const broker = await mosquitto({ users: { irene: "right" } });
    const asked: (string | undefined)[] = [];
    let password = "wrong";
    const { client, lines } = clientOf(broker.url, {
      endpoint: async (failure) => {
        asked.push(failure && "code" in failure ? String(failure.code) : undefined);
        if (asked.length > 4) password = "right";
        return { url: broker.url, username: "irene", password };
      },
    });
    client.start();
    await connected(client);
    expect(asked.slice(0, 5)).toEqual([undefined, ...Array(4).fill("broker-refused")]);
    const warnings = lines.filter(({ level }) => level === "warn");
    expect(warnings).toHaveLength(1);
    expect(warnings[0]?.message).toMatch(/refused the user name or password: check them/);
    expect(JSON.stringify(lines)).not.toContain('wrong"');
  });

  it("notices that its password was changed while it was connected", async () => {
    const broker = await mosquitto({ users: { irene: "old" } });
    let password = "old";
    const { client } = clientOf(broker.url, {
      endpoint: async () => ({ url: broker.url, username: "irene", password }),
    });
    client.start();
    await connected(client);
    await broker.kill();
    broker.setUsers({ irene: "new" });
    await broker.up();
    await status(client, failing("broker-refused"));
    password = "new";
    await status(client, ({ state }) => state === "online");
  });

  it("tells the user which topics the access list forbids, and carries on", async () => {
    const broker = await mosquitto({
      users: { irene: "pw" },
      acl: ["user irene", "topic readwrite base/#"],
    });
    const { client, lines } = clientOf(broker.url, {
      endpoint: async () => ({ url: broker.url, username: "irene", password: "pw" }),
    });
    client.start();
    await connected(client);
    expect(await client.publish({ topic: "homeassistant/x", payload: "{}", qos: 1 })).toBe("refused");
    expect(await client.publish({ topic: "base/x", payload: "{}", qos: 1 })).toBe("delivered");
    expect(lines.find(({ level }) => level === "warn")?.message).toContain(
      "does not let us publish to homeassistant/x: allow it",
    );
  });

  it("trusts a certificate whose authority it was given, and says so when it does not", async () => {
    const dir = mkdtempSync(join(tmpdir(), "tls-"));
    cleanups.push(() => rmSync(dir, { recursive: true }));
    const [keyPath, certPath] = [join(dir, "key.pem"), join(dir, "cert.pem")];
    const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"];
    execFileSync(
      "openssl",
      [
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-keyout",
        keyPath,
        "-out",
        certPath,
        ...subject,
      ],
      { stdio: "ignore" },
    );
    const broker = await mosquitto({ tls: { keyPath, certPath } });
    const url = `mqtts://127.0.0.1:${broker.port}`;
    let caPath: string | undefined;
    const { client, lines } = clientOf(url, {
      endpoint: async () => ({ url, tls: caPath ? { caPath } : {} }),
    });
    client.start();
    await status(client, failing("broker-refused"));
    expect(lines.find(({ level }) => level === "warn")?.message).toContain("give the certificate authority");
    caPath = certPath;
    await status(client, ({ state }) => state === "online");
  });
});
