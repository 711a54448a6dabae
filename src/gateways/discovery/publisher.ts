import type { Clock, Timer } from "../../base/clock.js";
import type { Logger } from "../../base/logger.js";
import type { MqttMessage, MqttPort, MqttSubscription } from "../../base/mqtt-port.js";
import type { Snapshot, SnapshotSource } from "../../sessions/snapshot.js";
import { describeDevice, describeStates } from "./entities.js";
import { encodeEvent, type VoiceEvent } from "./event-entities.js";
import { examine, withRemovals } from "./former-selves.js";
import type { DiscoveryOptions } from "./options.js";
import { type Topics, topicsOf } from "./topics.js";

export interface DiscoveryPublisherParts {
  readonly port: MqttPort;
  readonly source: SnapshotSource;
  readonly clock: Clock;
  readonly logger: Logger;
  /** In [0, 1). */
  readonly random?: () => number;
}

/** Shortest time between two updates. */
const THROTTLE_MS = 1_000;
/** Home Assistant is given this much time after it said that it is there, by chance between the two. */
const AFTER_BIRTH_MS = { least: 1_000, most: 5_000 } as const;
/** How long after a connect what lies on the broker is looked through. */
const LOOK_AROUND_MS = 10_000;
/** Seconds after which an event is of no use to an automation any more. */
const EVENT_EXPIRY_SECONDS = 60;

/**
 * Keeps Home Assistant informed: publishes the device and its states as they change, and all of it again when the
 * broker or Home Assistant has come back. What has not changed is not sent again.
 */
export class DiscoveryPublisher {
  readonly #options: DiscoveryOptions;
  readonly #port: MqttPort;
  readonly #source: SnapshotSource;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #random: () => number;
  readonly #topics: Topics;
  /** What each topic said last, since the last connect. */
  readonly #published = new Map<string, string>();
  /** Platform by key of the components published last. */
  #components = new Map<string, string>();
  #stops: (() => void)[] = [];
  #lookingAround: readonly MqttSubscription[] = [];
  readonly #timers = new Map<"throttle" | "birth" | "look-around", Timer>();
  #lastMs = Number.NEGATIVE_INFINITY;

  constructor(
    options: DiscoveryOptions,
    { port, source, clock, logger, random = Math.random }: DiscoveryPublisherParts,
  ) {
    this.#options = options;
    this.#port = port;
    this.#source = source;
    this.#clock = clock;
    this.#logger = logger;
    this.#random = random;
    this.#topics = topicsOf(source.current().installId, options);
  }

  start(): void {
    if (this.#stops.length > 0) return;
    const birth = this.#port.subscribe(this.#topics.birth, 1, (message) => this.#onBirth(message));
    this.#lookAround();
    this.#stops = [
      () => birth.close(),
      this.#source.onChange(() => this.#updateSoon()),
      this.#port.onConnect(() => {
        this.#publishAll();
        this.#schedule("look-around", LOOK_AROUND_MS, () => this.#stopLooking());
      }),
    ];
  }

  /** Stops publishing; what is on the broker stays there, so that entities keep their history. */
  close(): void {
    for (const stop of this.#stops.splice(0)) stop();
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
    this.#stopLooking();
  }

  /** Tells automations that something happened. Lost when the broker is away for long. */
  announce(event: VoiceEvent): void {
    const message = encodeEvent({ topics: this.#topics, options: this.#options }, event);
    if (message) void this.#port.publish({ ...message, qos: 1, expirySeconds: EVENT_EXPIRY_SECONDS });
  }

  #onBirth({ payload, retained }: MqttMessage): void {
    // A stored "online" comes with every connect, and everything is published then anyway.
    if (retained || Buffer.from(payload).toString() !== "online") return;
    const { least, most } = AFTER_BIRTH_MS;
    this.#schedule("birth", least + this.#random() * (most - least), () => {
      void this.#port.publish({ topic: this.#topics.status, payload: "online", qos: 1, retain: true });
      this.#publishAll();
    });
  }

  #updateSoon(): void {
    if (this.#timers.has("throttle")) return;
    const waitMs = this.#lastMs + THROTTLE_MS - this.#clock.monotonicMs();
    if (waitMs <= 0) this.#update(this.#source.current());
    else this.#schedule("throttle", waitMs, () => this.#update(this.#source.current()));
  }

  #publishAll(): void {
    this.#published.clear();
    this.#update(this.#source.current());
  }

  #update(snapshot: Snapshot): void {
    // While the broker is away there is nothing to tell: all of it is told when it is back.
    if (!this.#port.connected) return;
    this.#lastMs = this.#clock.monotonicMs();
    const bundle = describeDevice(snapshot, this.#options);
    const components = new Map(
      Object.entries(bundle.components).map(([key, { platform }]) => [key, platform]),
    );
    const removed = new Map([...this.#components].filter(([key]) => !components.has(key)));
    this.#components = components;
    if (removed.size > 0) {
      // Not retained: in a queue the bundle that follows would take its place.
      const payload = JSON.stringify(withRemovals(bundle, removed));
      void this.#port.publish({ topic: this.#topics.config, payload, qos: 1 });
      this.#published.delete(this.#topics.config);
    }
    this.#publish(this.#topics.config, JSON.stringify(bundle));
    const states = describeStates(snapshot, this.#options);
    for (const { topic, payload } of states) this.#publish(topic, payload);
    this.#forget(new Set([this.#topics.config, ...states.map(({ topic }) => topic)]));
  }

  /** Empties topics that say nothing any more, so that the broker does not keep them for ever. */
  #forget(spoken: ReadonlySet<string>): void {
    for (const topic of this.#published.keys()) {
      if (spoken.has(topic)) continue;
      this.#published.delete(topic);
      this.#clear(topic);
    }
  }

  #publish(topic: string, payload: string): void {
    if (this.#published.get(topic) === payload) return;
    this.#published.set(topic, payload);
    void this.#port.publish({ topic, payload, qos: 1, retain: true }).then((outcome) => {
      // Lost: said again with the next change. What is forbidden stays forbidden until the next connect.
      if (outcome === "dropped" && this.#published.get(topic) === payload) this.#published.delete(topic);
    });
  }

  /**
   * Clears away what former installations and former versions of this device left on the broker. Asked for before
   * anything is published, since that would hide what was there.
   */
  #lookAround(): void {
    this.#lookingAround = [
      this.#port.subscribe(`${this.#options.discoveryPrefix}/device/+/config`, 1, (message) =>
        this.#examine(message),
      ),
      this.#port.subscribe(this.#topics.model("#"), 1, ({ topic, payload, retained }) => {
        if (retained && payload.length > 0 && !this.#published.has(topic)) this.#clear(topic);
      }),
    ];
  }

  #stopLooking(): void {
    for (const subscription of this.#lookingAround) subscription.close();
    this.#lookingAround = [];
  }

  #clear(topic: string): void {
    void this.#port.publish({ topic, payload: "", qos: 1, retain: true });
  }

  #examine({ topic, payload, retained }: MqttMessage): void {
    // Not stored before we came: our own words coming back, or somebody else's news.
    if (!retained) return;
    const finding = examine(topic, payload, this.#topics, new Set(this.#components.keys()));
    if (finding?.kind === "orphan") {
      this.#logger.info("Removed the device of a former installation from Home Assistant", { topic });
      this.#clear(topic);
    }
    if (finding?.kind === "stale") {
      for (const [key, platform] of finding.entities) this.#components.set(key, platform);
      this.#published.delete(this.#topics.config);
      this.#update(this.#source.current());
    }
  }

  #schedule(name: "throttle" | "birth" | "look-around", delayMs: number, run: () => void): void {
    this.#timers.get(name)?.cancel();
    const timer = this.#clock.after(delayMs, () => {
      this.#timers.delete(name);
      run();
    });
    this.#timers.set(name, timer);
  }
}
