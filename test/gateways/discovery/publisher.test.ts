import { afterEach, describe, expect, it } from "vitest";
import { systemClock } from "../../../src/base/clock.js";
import { DISCOVERY_DEFAULTS, type DiscoveryOptions } from "../../../src/gateways/discovery/options.js";
import { DiscoveryPublisher } from "../../../src/gateways/discovery/publisher.js";
import { BrokerClient, type BrokerClientOptions } from "../../../src/gateways/mqtt/client.js";
import { EmbeddedBroker } from "../../../src/gateways/mqtt/embedded-broker.js";
import type { ModelSnapshot } from "../../../src/sessions/snapshot.js";
import { HandClock } from "../../fixtures/hand-clock.js";
import {
  HAS_MOSQUITTO,
  MOSQUITTO_NEEDED,
  Mosquitto,
  type MosquittoOptions,
} from "../../fixtures/mosquitto.js";
import { MqttObserver } from "../../fixtures/mqtt-observer.js";
import { recordingLogger } from "../../fixtures/recording-logger.js";
import { aModel, aSnapshot, FakeSnapshots } from "../../fixtures/snapshot.js";

const CONFIG = "homeassistant/device/irene_edge_a1b2c3d4/config";
const STATE = "irene_edge/state";
const TOPICS = [
  CONFIG,
  "irene_edge/choice/stt",
  "irene_edge/choice/tts",
  "irene_edge/controls",
  "irene_edge/model/whisper_tiny",
  "irene_edge/model/whisper_tiny/download",
  "irene_edge/problem",
  "irene_edge/state",
  "irene_edge/status",
];

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

const oneModel = () =>
  new FakeSnapshots(aSnapshot({ models: [aModel("whisper/tiny")], choices: aSnapshot().choices }));

async function aedes(): Promise<EmbeddedBroker> {
  const broker = await EmbeddedBroker.start({ host: "127.0.0.1", port: 0 }, recordingLogger());
  cleanups.push(() => broker.close());
  return broker;
}

async function observe(url: string, options = {}): Promise<MqttObserver> {
  const observer = await MqttObserver.connect(url, ["#"], options);
  cleanups.push(() => observer.close());
  return observer;
}

/** The program's MQTT side on a broker. */
function program(
  url: string,
  source: FakeSnapshots,
  options: Partial<DiscoveryOptions & BrokerClientOptions> = {},
) {
  const clock = new HandClock();
  const logger = recordingLogger();
  const client = new BrokerClient(
    {
      clientId: `irene-${Math.random()}`,
      endpoint: async () => ({ url }),
      statusTopic: "irene_edge/status",
      backOff: { firstMs: 20, maxMs: 100 },
      ...options,
    },
    { clock: systemClock, logger },
  );
  const publisher = new DiscoveryPublisher(
    { ...DISCOVERY_DEFAULTS, ...options },
    { port: client, source, clock, logger, random: () => 0.5 },
  );
  publisher.start();
  client.start();
  cleanups.push(async () => {
    publisher.close();
    await client.close();
  });
  return { client, publisher, clock, logger };
}

/** What a client that comes later finds on the broker, once it is all there. */
async function stored(url: string, topics: readonly string[], options = {}): Promise<readonly string[]> {
  const hasAll = (observer: MqttObserver) => () =>
    topics.every((topic) => observer.seen.some((message) => message.topic === topic));
  const early = await observe(url, options);
  await early.until("all topics to be there", hasAll(early));
  const late = await observe(url, options);
  await late.until("the stored topics", hasAll(late));
  expect(late.seen.filter(({ retained }) => !retained).map(({ topic }) => topic)).toEqual([]);
  return late.seen.map(({ topic }) => topic).sort();
}

describe("DiscoveryPublisher", () => {
  it("stores the device and its states on the broker", async () => {
    const broker = await aedes();
    const watcher = await observe(broker.url);
    program(broker.url, oneModel());
    await watcher.until("all topics", () => TOPICS.every((topic) => watcher.count(topic) > 0));
    expect(await stored(broker.url, TOPICS)).toEqual(TOPICS);
    expect(JSON.parse(watcher.last(CONFIG) ?? "").device.identifiers).toEqual(["irene_edge_a1b2c3d4"]);
  });

  it("sends only what changed, and not more often than once a second", async () => {
    const broker = await aedes();
    const watcher = await observe(broker.url);
    const source = oneModel();
    const { clock } = program(broker.url, source);
    await watcher.until("all topics", () => TOPICS.every((topic) => watcher.count(topic) > 0));
    const before = watcher.seen.length;
    source.change({ progress: 0.1 });
    source.change({ progress: 0.2 });
    source.change({ progress: 0.3 });
    clock.advance(1_000);
    await watcher.until("the change", () => watcher.last(STATE)?.includes('"progress":30') === true);
    source.change({ atMs: 99_000 });
    clock.advance(1_000);
    source.change({ problem: "Disk is full." });
    clock.advance(1_000);
    await watcher.until(
      "the problem",
      () => watcher.last("irene_edge/problem")?.includes("Disk is full") === true,
    );
    expect(watcher.seen.slice(before).map(({ topic }) => topic)).toEqual([STATE, "irene_edge/problem"]);
  });

  it("sends everything again a while after Home Assistant has started, though nothing changed", async () => {
    const broker = await aedes();
    const watcher = await observe(broker.url);
    const { clock } = program(broker.url, oneModel());
    await watcher.until("all topics", () => TOPICS.every((topic) => watcher.count(topic) > 0));
    const before = watcher.seen.length;
    await watcher.publish("homeassistant/status", "online");
    await clock.waitedFor(3_000);
    clock.advance(2_999);
    await watcher.publish("marker", "not yet");
    await watcher.see("the marker", ({ topic }) => topic === "marker");
    expect(watcher.seen.slice(before).map(({ topic }) => topic)).toEqual(["homeassistant/status", "marker"]);
    clock.advance(1);
    await watcher.until("all topics again", () =>
      TOPICS.every((topic) => watcher.seen.slice(before).some((message) => message.topic === topic)),
    );
    expect(watcher.last("irene_edge/status")).toBe("online");
  });

  it("removes the entities of a model that is gone, and what the broker kept of it", async () => {
    const broker = await aedes();
    const watcher = await observe(broker.url);
    const extra: ModelSnapshot = aModel("vosk/en");
    const source = new FakeSnapshots(aSnapshot({ models: [aModel("whisper/tiny"), extra] }));
    const { clock } = program(broker.url, source);
    await watcher.see("the model", ({ topic }) => topic === "irene_edge/model/vosk_en/download");
    source.change({ models: [aModel("whisper/tiny")] });
    clock.advance(1_000);
    await watcher.until("the model to go", () => watcher.last("irene_edge/model/vosk_en/download") === "");
    const [notice, without] = watcher.seen
      .filter(({ topic }) => topic === CONFIG)
      .slice(-2)
      .map(({ text }) => JSON.parse(text));
    expect(notice.components.model_vosk_en_state).toEqual({ platform: "sensor" });
    expect(notice.components.model_vosk_en_download).toEqual({ platform: "update" });
    expect(without.components.model_vosk_en_state).toBeUndefined();
    expect(without.components.model_whisper_tiny_state).toBeDefined();
    expect(await stored(broker.url, TOPICS)).toEqual(TOPICS);
  });

  it("clears away the device of a former installation and entities of a former version, and nothing else", async () => {
    const broker = await aedes();
    const watcher = await observe(broker.url);
    const bundle = (status: string, components: object, origin = "irene-edge") =>
      JSON.stringify({ origin: { name: origin }, availability: [{ topic: status }], components });
    const former = { platform: "sensor", unique_id: "x" };
    const others = {
      "homeassistant/device/irene_edge_living/config": bundle("other_base/status", { a: former }),
      "homeassistant/device/zigbee/config": bundle("irene_edge/status", { a: former }, "zigbee2mqtt"),
      "homeassistant/device/broken/config": 'no JSON but "irene-edge"',
    };
    for (const [topic, payload] of Object.entries(others)) await watcher.publish(topic, payload, true);
    await watcher.publish(
      "homeassistant/device/irene_edge_dead/config",
      bundle("irene_edge/status", { a: former }),
      true,
    );
    await watcher.publish(CONFIG, bundle("irene_edge/status", { old_sensor: former, ready: former }), true);
    await watcher.publish("irene_edge/model/long_gone", "{}", true);
    const { logger } = program(broker.url, oneModel());
    await watcher.until(
      "the dead device to go",
      () => watcher.last("homeassistant/device/irene_edge_dead/config") === "",
    );
    await watcher.until("the old model to go", () => watcher.last("irene_edge/model/long_gone") === "");
    await watcher.see(
      "notice",
      ({ topic, text }) => topic === CONFIG && text.includes('"old_sensor":{"platform":"sensor"}'),
    );
    await watcher.until("bundle without it", () => watcher.last(CONFIG)?.includes("old_sensor") === false);
    const all = [...TOPICS, ...Object.keys(others)];
    expect(await stored(broker.url, all)).toEqual(all.sort());
    expect(logger.lines.some(({ message }) => message.includes("former installation"))).toBe(true);
  });

  it("announces events without storing them, and text only when asked to", async () => {
    const broker = await aedes();
    const watcher = await observe(broker.url);
    const { client, publisher } = program(broker.url, oneModel());
    await new Promise<void>((resolve) => client.onConnect(resolve));
    publisher.announce({ kind: "text", text: "a secret" });
    publisher.announce({ kind: "wake", word: "hey_jarvis", site: "kitchen", score: 0.93 });
    const event = await watcher.see("the event", ({ topic }) => topic.startsWith("irene_edge/event/"));
    expect(event.topic).toBe("irene_edge/event/wake");
    expect(JSON.parse(event.text)).toEqual({
      event_type: "detected",
      word: "hey_jarvis",
      site: "kitchen",
      score: 0.93,
    });
    expect(await stored(broker.url, TOPICS)).toEqual(TOPICS);
    expect(watcher.seen.some(({ text }) => text.includes("a secret"))).toBe(false);
    const open = program(broker.url, oneModel(), { textEvents: true });
    await new Promise<void>((resolve) => open.client.onConnect(resolve));
    open.publisher.announce({ kind: "text", text: "turn on the light", language: "en" });
    const told = await watcher.see("the text", ({ topic }) => topic === "irene_edge/event/text");
    expect(JSON.parse(told.text)).toEqual({
      event_type: "recognised",
      text: "turn on the light",
      language: "en",
    });
  });
});

describe.skipIf(!HAS_MOSQUITTO)(`DiscoveryPublisher with a real mosquitto${MOSQUITTO_NEEDED}`, () => {
  async function mosquitto(options?: MosquittoOptions): Promise<Mosquitto> {
    const broker = await Mosquitto.start(options);
    cleanups.push(() => broker.stop());
    return broker;
  }

  it("fills a broker that was killed and lost everything it had stored", async () => {
    const broker = await mosquitto();
    const source = oneModel();
    const { client } = program(broker.url, source);
    expect(await stored(broker.url, TOPICS)).toEqual(TOPICS);
    await broker.kill();
    source.change({ phase: "degraded", problem: "One model failed." });
    await broker.up();
    expect(await stored(broker.url, TOPICS)).toEqual(TOPICS);
    const late = await observe(broker.url);
    await late.see(
      "what happened meanwhile",
      ({ topic, text }) => topic === STATE && text.includes('"phase":"degraded"'),
    );
    expect(client.status).toMatchObject({ protocol: "MQTT 5" });
  });

  it("fills it after a broker with another password was let us in at last", async () => {
    const broker = await mosquitto({ users: { irene: "right", watcher: "w" } });
    const watch = { username: "watcher", password: "w" };
    const watcher = await observe(broker.url, watch);
    let tries = 0;
    program(broker.url, oneModel(), {
      endpoint: async () => ({
        url: broker.url,
        username: "irene",
        password: ++tries > 3 ? "right" : "wrong",
      }),
    });
    await watcher.until("all topics", () => TOPICS.every((topic) => watcher.count(topic) > 0));
    expect(await stored(broker.url, TOPICS, watch)).toEqual(TOPICS);
  });

  it("goes on with its own topics where the access list forbids discovery", async () => {
    const broker = await mosquitto({
      users: { irene: "pw", watcher: "w" },
      acl: ["user irene", "topic readwrite irene_edge/#", "user watcher", "topic read #"],
    });
    const watcher = await observe(broker.url, { username: "watcher", password: "w" });
    const source = oneModel();
    const { client, clock, logger } = program(broker.url, source, {
      endpoint: async () => ({ url: broker.url, username: "irene", password: "pw" }),
    });
    await watcher.see("the state", ({ topic }) => topic === STATE);
    source.change({ progress: 0.5 });
    clock.advance(1_000);
    await watcher.until("the change", () => watcher.last(STATE)?.includes('"progress":50') === true);
    // Acknowledgements come in order: after this one, all refusals are known.
    expect(await client.publish({ topic: "irene_edge/last", payload: "", qos: 1 })).toBe("delivered");
    const warnings = logger.lines.filter(({ message }) => message.includes(CONFIG));
    expect(warnings.map(({ message }) => message)).toEqual([
      `The MQTT broker does not let us publish to ${CONFIG}: allow it in the broker's access list`,
    ]);
    expect(watcher.count(CONFIG)).toBe(0);
  });
});
