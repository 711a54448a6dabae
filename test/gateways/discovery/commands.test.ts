import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { systemClock } from "../../../src/base/clock.js";
import { BudgetError } from "../../../src/base/errors.js";
import { MIB } from "../../../src/base/units.js";
import { CommandListener, type DeviceControls } from "../../../src/gateways/discovery/commands.js";
import { describeDevice } from "../../../src/gateways/discovery/entities.js";
import { DISCOVERY_DEFAULTS } from "../../../src/gateways/discovery/options.js";
import { parseCommand } from "../../../src/gateways/discovery/parse-command.js";
import { DiscoveryPublisher } from "../../../src/gateways/discovery/publisher.js";
import { BrokerClient } from "../../../src/gateways/mqtt/client.js";
import { EmbeddedBroker } from "../../../src/gateways/mqtt/embedded-broker.js";
import { MqttObserver } from "../../fixtures/mqtt-observer.js";
import { recordingLogger } from "../../fixtures/recording-logger.js";
import { aSnapshot, FakeSnapshots } from "../../fixtures/snapshot.js";

const parse = (control: string, payload: string) => parseCommand(control, Buffer.from(payload), aSnapshot());

describe("parseCommand", () => {
  const good: readonly [control: string, payload: string, command: object][] = [
    ["warm_up_models", "PRESS", { kind: "warm-up", model: "all" }],
    ["warm_up_models", "whisper/tiny", { kind: "warm-up", model: "whisper/tiny" }],
    ["unload_models", "PRESS", { kind: "unload", model: "all" }],
    ["retry_models", "all", { kind: "retry", model: "all" }],
    ["memory_limit", "512", { kind: "set-budget", bytes: 512 * MIB }],
    ["memory_limit", "512.0", { kind: "set-budget", bytes: 512 * MIB }],
    ["memory_limit", "auto", { kind: "set-budget", bytes: undefined }],
    ["volume/kitchen", "40", { kind: "set-volume", site: "kitchen", volume: 0.4 }],
    ["keep_alive", "-1", { kind: "set-keep-alive", seconds: -1 }],
    [
      "model/stt_en",
      "whisper/tiny",
      { kind: "choose-model", capability: "stt", language: "en", model: "whisper/tiny" },
    ],
    ["model/stt_en", "auto", { kind: "choose-model", capability: "stt", language: "en", model: undefined }],
    ["preload/tts_piper", "ON", { kind: "set-preload", capability: "tts", provider: "piper", on: true }],
    ["say/kitchen", " Dinner is ready ", { kind: "say", site: "kitchen", text: "Dinner is ready" }],
  ];
  for (const [control, payload, command] of good) {
    it(`understands ${payload.trim()} on ${control}`, () => {
      expect(parse(control, payload)).toEqual({ ok: true, command });
    });
  }

  const bad: readonly [control: string, payload: string, reason: RegExp][] = [
    ["warm_up_models", "whisper/huge", /no model "whisper\/huge"/],
    ["warm_up_models/extra", "PRESS", /no control/],
    ["memory_limit", "12", /MiB from 64 to 65536/],
    ["memory_limit", "1e9", /no memory limit/],
    ["memory_limit", "0x400", /no memory limit/],
    ["memory_limit", "", /no memory limit/],
    ["memory_limit", "NaN", /no memory limit/],
    ["volume/kitchen", "140", /no volume: send percent from 0 to 100/],
    ["volume/attic", "40", /No satellite "attic"/],
    ["keep_alive", "-2", /no time/],
    ["keep_alive", "Infinity", /no time/],
    ["model/stt_en", "piper/en_US-curie-medium", /cannot be chosen: send one of auto, whisper\/tiny/],
    ["model/stt_xx", "auto", /no control/],
    ["preload/tts_piper", "true", /ON or OFF/],
    ["preload/tts_none", "ON", /no control/],
    ["say/attic", "hello", /No satellite "attic" was heard of: known are kitchen/],
    ["say/kitchen", "  ", /nothing to say/],
    ["say/kitchen", "x".repeat(2_001), /more than 2000 characters/],
    ["say/kitchen", "x".repeat(9_000), /more than 8192 bytes/],
    ["__proto__", "PRESS", /no control/],
    ["constructor/name", "PRESS", /no control/],
    ["", "", /no control/],
  ];
  for (const [control, payload, reason] of bad) {
    it(`refuses ${JSON.stringify(payload.slice(0, 12))} on ${JSON.stringify(control)}`, () => {
      expect(parse(control, payload)).toEqual({ ok: false, reason: expect.stringMatching(reason) });
    });
  }

  it("survives whatever is sent, and never repeats much of it", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary", maxLength: 300 }),
        fc.uint8Array({ maxLength: 9_000 }),
        (control, payload) => {
          const parsed = parseCommand(control, payload, aSnapshot());
          if (!parsed.ok) expect(parsed.reason.length).toBeLessThan(600);
        },
      ),
    );
  });

  it("understands every control that is described", () => {
    const snapshot = aSnapshot();
    for (const [key, component] of Object.entries(describeDevice(snapshot, DISCOVERY_DEFAULTS).components)) {
      const topic = component["command_topic"];
      if (typeof topic !== "string") continue;
      const payloads: Record<string, string> = {
        button: String(component["payload_press"]),
        number: String(component["max"]),
        select: "auto",
        switch: "OFF",
        notify: "Hello",
      };
      const parsed = parseCommand(
        topic.slice("irene_edge/set/".length),
        Buffer.from(payloads[component.platform] ?? ""),
        snapshot,
      );
      expect(parsed.ok, key).toBe(true);
    }
  });
});

describe("CommandListener", () => {
  const cleanups: (() => unknown)[] = [];
  afterEach(async () => {
    for (const clean of cleanups.splice(0).reverse()) await clean();
  });

  async function program(prepare?: (watcher: MqttObserver) => Promise<void>) {
    const broker = await EmbeddedBroker.start({ host: "127.0.0.1", port: 0 }, recordingLogger());
    cleanups.push(() => broker.close());
    const watcher = await MqttObserver.connect(broker.url);
    cleanups.push(() => watcher.close());
    await prepare?.(watcher);
    const source = new FakeSnapshots();
    const calls: unknown[] = [];
    const note = (name: string) => async (argument: unknown) => void calls.push([name, argument]);
    const controls: DeviceControls = {
      warmUp: note("warmUp"),
      unload: note("unload"),
      retry: note("retry"),
      chooseModel: note("chooseModel"),
      setPreload: note("setPreload"),
      setKeepAlive: note("setKeepAlive"),
      setMuted: note("setMuted"),
      setVolume: note("setVolume"),
      say: note("say"),
      async setBudget(bytes = 400 * MIB) {
        if (bytes < 100 * MIB)
          throw new BudgetError("larger-than-budget", "Whisper tiny alone needs 120 MiB.");
        source.change({ memory: { ...source.current().memory, budgetBytes: bytes } });
      },
    };
    const logger = recordingLogger();
    const client = new BrokerClient(
      { clientId: "irene", endpoint: async () => ({ url: broker.url }) },
      { clock: systemClock, logger },
    );
    const publisher = new DiscoveryPublisher(DISCOVERY_DEFAULTS, {
      port: client,
      source,
      clock: systemClock,
      logger,
    });
    const listener = new CommandListener(DISCOVERY_DEFAULTS, {
      port: client,
      source,
      controls,
      logger,
      announce: (event) => publisher.announce(event),
    });
    publisher.start();
    listener.start();
    client.start();
    cleanups.push(async () => {
      listener.close();
      publisher.close();
      await client.close();
    });
    await watcher.see("the controls", ({ topic }) => topic === "irene_edge/controls");
    return { watcher, calls, logger };
  }

  it("carries out a command and confirms it on the topic of its state", async () => {
    const { watcher } = await program();
    await watcher.publish("irene_edge/set/memory_limit", "512");
    await watcher.until(
      "the new limit",
      () => JSON.parse(watcher.last("irene_edge/controls") ?? "{}").memory_limit === 512,
    );
    expect(JSON.parse(watcher.last("irene_edge/state") ?? "").memory_budget).toBe(512);
  });

  it("hands over what is to be said, and keeps it out of the log", async () => {
    const { watcher, calls, logger } = await program();
    await watcher.publish("irene_edge/set/say/kitchen", "Dinner is ready");
    await watcher.publish("irene_edge/set/nonsense", "");
    await watcher.see("the refusal that came after it", ({ topic }) => topic === "irene_edge/event/error");
    expect(calls).toEqual([["say", { kind: "say", site: "kitchen", text: "Dinner is ready" }]]);
    expect(JSON.stringify(logger.lines)).not.toContain("Dinner");
  });

  it("tells why it refuses, whether the command is nonsense or cannot be carried out, and changes nothing", async () => {
    const { watcher } = await program();
    const before = watcher.last("irene_edge/controls");
    await watcher.publish("irene_edge/set/memory_limit", "lots");
    const nonsense = await watcher.see("a refusal", ({ topic }) => topic === "irene_edge/event/error");
    expect(JSON.parse(nonsense.text)).toEqual({
      event_type: "refused",
      message: expect.stringContaining('"lots" is no memory limit'),
      topic: "irene_edge/set/memory_limit",
    });
    await watcher.publish("irene_edge/set/memory_limit", "64");
    await watcher.see(
      "the other refusal",
      ({ topic, text }) => topic === "irene_edge/event/error" && text.includes("alone needs 120 MiB"),
    );
    expect(watcher.last("irene_edge/controls")).toBe(before);
  });

  it("does not carry out what was stored on the broker before it came", async () => {
    const { watcher, calls } = await program((before) =>
      before.publish("irene_edge/set/unload_models", "PRESS", true),
    );
    await watcher.see(
      "the refusal",
      ({ topic, text }) => topic === "irene_edge/event/error" && text.includes("must not be retained"),
    );
    await watcher.publish("irene_edge/set/warm_up_models", "PRESS");
    await watcher.publish("irene_edge/set/nonsense", "");
    await watcher.see(
      "the end",
      ({ topic, text }) => topic === "irene_edge/event/error" && text.includes("nonsense"),
    );
    expect(calls).toEqual([["warmUp", "all"]]);
  });
});
