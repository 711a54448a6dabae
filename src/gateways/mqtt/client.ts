import type { Clock } from "../../base/clock.js";
import { sleep } from "../../base/clock.js";
import { withDeadline } from "../../base/deadline.js";
import { Emitter } from "../../base/emitter.js";
import { BrokerError, messageOf, toError, VoiceError } from "../../base/errors.js";
import type { Logger } from "../../base/logger.js";
import type {
  MqttMessage,
  MqttPort,
  MqttPublication,
  MqttSubscription,
  PublishOutcome,
} from "../../base/mqtt-port.js";
import { isTopicName } from "../../base/topic-filter.js";
import { type BackOff, backOffMs, RECONNECT } from "./back-off.js";
import { classifyFailure } from "./classify-failure.js";
import type { Connection } from "./connection.js";
import { type BrokerEndpoint, nameOf, type ParsedEndpoint, parseEndpoint } from "./endpoint.js";
import { openConnection, type ProtocolVersion } from "./open-connection.js";
import { CONTROL_OUTBOX, type OutboxLimits } from "./outbox.js";
import { Sender } from "./sender.js";
import { StatusTopic } from "./status-topic.js";
import { type Interest, Subscriptions } from "./subscriptions.js";

/** How one connection to the broker behaves. */
export interface BrokerClientOptions {
  /** Stable for an installation and purpose: the broker ends a dead session of ours when we return under the same id. */
  readonly clientId: string;
  /**
   * Asked before every attempt, and told why the last one failed: the Supervisor's credentials change when its broker
   * add-on is installed again. What it throws is logged like a failed attempt.
   */
  readonly endpoint: (lastFailure: Error | undefined) => Promise<BrokerEndpoint>;
  /** Topic that says `online` or `offline`, retained; absent for a connection that nobody watches. */
  readonly statusTopic?: string;
  readonly outbox?: OutboxLimits;
  /** Largest packet to be sent to us, in bytes. */
  readonly maxPacketBytes?: number;
  /** QoS 0 messages are dropped while more bytes than this wait for the network. */
  readonly maxBacklogBytes?: number;
  readonly backOff?: BackOff;
  readonly connectTimeoutMs?: number;
  readonly keepAliveSeconds?: number;
}

export interface BrokerClientParts {
  readonly clock: Clock;
  readonly logger: Logger;
  /** In [0, 1); spreads reconnects. */
  readonly random?: () => number;
}

/** Whether we are connected, for sensors and the web page. */
export type BrokerStatus =
  | { readonly state: "connecting"; readonly error?: Error }
  | {
      readonly state: "online";
      readonly host: string;
      readonly port: number;
      readonly protocol: "MQTT 5" | "MQTT 3.1.1";
    }
  | { readonly state: "closed" };

const GOODBYE_MS = 2_000;
/** A connection that lived this long was a good one: the delays begin anew after it. */
const STABLE_MS = 10_000;

/** Topics named as forbidden; where there are more, the access list is simply wrong. */
const MAX_WARNINGS = 20;

/** One connection to the broker that comes back by itself for as long as it is not closed. */
export class BrokerClient implements MqttPort {
  readonly #options: BrokerClientOptions;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #random: () => number;
  readonly #stopping = new AbortController();
  readonly #subscriptions: Subscriptions;
  readonly #sender: Sender;
  readonly #events: Emitter<{ connect: undefined; status: BrokerStatus }>;
  readonly #statusTopic: StatusTopic | undefined;
  #connection: Connection | undefined;
  #established = false;
  #status: BrokerStatus = { state: "connecting" };
  #version: ProtocolVersion = 5;
  #lastLogged: string | undefined;
  /** Topics the user has been told are forbidden, since the last connect. */
  readonly #warned = new Set<string>();
  #running: Promise<void> | undefined;

  constructor(options: BrokerClientOptions, { clock, logger, random = Math.random }: BrokerClientParts) {
    this.#options = options;
    this.#clock = clock;
    this.#logger = logger;
    this.#random = random;
    const onListenerError = (error: unknown) =>
      this.#logger.error("A listener for MQTT messages failed", { error: toError(error).stack });
    this.#subscriptions = new Subscriptions(onListenerError);
    this.#events = new Emitter(onListenerError);
    this.#sender = new Sender(options.outbox ?? CONTROL_OUTBOX, clock, (topic) =>
      this.#warnRefused("publish to", topic),
    );
    if (options.statusTopic !== undefined)
      this.#statusTopic = new StatusTopic(options.statusTopic, this, clock);
  }

  /** Begins to connect; returns at once. The program works without a broker, so there is nothing to wait for. */
  start(): void {
    this.#running ??= this.#run();
  }

  get connected(): boolean {
    return this.#established;
  }

  get status(): BrokerStatus {
    return this.#status;
  }

  onStatus(listener: (status: BrokerStatus) => void): () => void {
    return this.#events.on("status", listener);
  }

  onConnect(listener: () => void): () => void {
    const stop = this.#events.on("connect", listener);
    if (this.#established) listener();
    return stop;
  }

  publish(publication: MqttPublication): Promise<PublishOutcome> {
    if (!isTopicName(publication.topic)) {
      this.#logger.error("Refused to publish to something that is not a topic", { topic: publication.topic });
      return Promise.resolve("refused");
    }
    if (this.#stopping.signal.aborted) return Promise.resolve("dropped");
    return publication.qos === 0 ? this.#publishNow(publication) : this.#sender.send(publication);
  }

  subscribe(filter: string, qos: 0 | 1, listener: (message: MqttMessage) => void): MqttSubscription {
    const { interest, isNew } = this.#subscriptions.add(filter, qos, listener);
    if (isNew && this.#connection) void this.#ask(this.#connection, interest);
    return {
      granted: interest.granted,
      close: () => {
        if (this.#subscriptions.remove(filter, listener)) this.#connection?.unsubscribe(filter);
      },
    };
  }

  /** Says `offline`, waits briefly for what is being sent, and ends the connection. Idempotent. */
  async close(): Promise<void> {
    const connection = this.#connection;
    if (connection && this.#established && !this.#stopping.signal.aborted) await this.#sayGoodbye(connection);
    this.#stopping.abort(new BrokerError("broker-unreachable", "The MQTT connection was closed"));
    connection?.destroy();
    await this.#running;
    this.#sender.dropAll();
    for (const { answer } of this.#subscriptions.all()) answer(false);
    this.#setStatus({ state: "closed" });
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    let failures = 0;
    let failure: Error | undefined;
    while (!signal.aborted) {
      const openedAtMs = this.#clock.monotonicMs();
      failure = await this.#connectOnce(failure);
      if (signal.aborted) return;
      this.#report(failure);
      failures = this.#clock.monotonicMs() - openedAtMs >= STABLE_MS ? 1 : failures + 1;
      const delayMs = backOffMs(this.#options.backOff ?? RECONNECT, failures, this.#random());
      await sleep(this.#clock, delayMs, signal).catch((reason) => this.#logger.debug(messageOf(reason)));
    }
  }

  /** One connection from its first to its last moment. @returns why it could not be made or what ended it */
  async #connectOnce(lastFailure: Error | undefined): Promise<Error> {
    let endpoint: ParsedEndpoint | undefined;
    try {
      endpoint = parseEndpoint(await this.#options.endpoint(lastFailure));
      const connection = await openConnection(
        endpoint,
        this.#version,
        this.#connectOptions(),
        this.#stopping.signal,
      );
      const cause = await this.#serve(connection, endpoint);
      return classifyFailure(nameOf(endpoint), cause);
    } catch (thrown) {
      if (thrown instanceof VoiceError || !endpoint) return toError(thrown);
      return classifyFailure(nameOf(endpoint), thrown);
    }
  }

  /** Uses the connection until it is over. @returns what ended it */
  async #serve(connection: Connection, endpoint: ParsedEndpoint): Promise<unknown> {
    let over = false;
    const closed = connection.closed.finally(() => {
      over = true;
    });
    this.#connection = connection;
    this.#version = connection.version;
    await Promise.all(this.#subscriptions.all().map((interest) => this.#ask(connection, interest)));
    if (!over) this.#establish(connection, endpoint);
    const { cause } = await closed;
    this.#connection = undefined;
    this.#established = false;
    this.#sender.detach();
    return cause;
  }

  #establish(connection: Connection, endpoint: ParsedEndpoint): void {
    const { host, port } = endpoint;
    const protocol = connection.version === 5 ? "MQTT 5" : "MQTT 3.1.1";
    this.#established = true;
    this.#lastLogged = undefined;
    this.#warned.clear();
    this.#logger.info(`Connected to the MQTT broker ${nameOf(endpoint)} (${protocol})`);
    this.#setStatus({ state: "online", host, port, protocol });
    this.#statusTopic?.sayOnline();
    this.#sender.attach(connection);
    this.#events.emit("connect", undefined);
  }

  async #ask(connection: Connection, { filter, qos, answer }: Interest): Promise<void> {
    const granted = await connection.subscribe(filter, qos);
    // A broken line is not an answer: the question is asked again over the next one.
    if (granted === "lost") return;
    if (granted === "refused") this.#warnRefused("subscribe to", filter);
    answer(granted === "granted");
  }

  async #sayGoodbye(connection: Connection): Promise<void> {
    const farewell = async () => {
      await this.#statusTopic?.sayGoodbye((publication) => connection.publish(publication));
      await connection.end();
    };
    await withDeadline(farewell(), {
      clock: this.#clock,
      limitMs: GOODBYE_MS,
      late: () => new BrokerError("broker-unreachable", "The MQTT broker did not take our goodbye"),
    }).catch((error) => this.#logger.debug(messageOf(error)));
  }

  #connectOptions() {
    return {
      clientId: this.#options.clientId,
      ...(this.#statusTopic && { will: this.#statusTopic.will }),
      maxPacketBytes: this.#options.maxPacketBytes ?? 1024 ** 2,
      connectTimeoutMs: this.#options.connectTimeoutMs ?? 10_000,
      keepAliveSeconds: this.#options.keepAliveSeconds ?? 30,
      onMessage: (message: MqttMessage) => this.#subscriptions.dispatch(message),
    };
  }

  async #publishNow(publication: MqttPublication): Promise<PublishOutcome> {
    const connection = this.#connection;
    const limit = this.#options.maxBacklogBytes ?? 4 * 1024 ** 2;
    if (!connection || !this.#established || connection.backlogBytes() > limit) return "dropped";
    const outcome = await connection.publish(publication);
    return outcome === "lost" ? "dropped" : outcome;
  }

  #warnRefused(what: string, topic: string): void {
    if (this.#warned.size >= MAX_WARNINGS || this.#warned.has(`${what} ${topic}`)) return;
    this.#warned.add(`${what} ${topic}`);
    this.#logger.warn(
      `The MQTT broker does not let us ${what} ${topic}: allow it in the broker's access list`,
    );
  }

  /** One line for each change of what is wrong; what goes on being wrong is not repeated. */
  #report(failure: Error): void {
    this.#setStatus({ state: "connecting", error: failure });
    const line = `${failure.message}. Trying again; voice goes on without MQTT`;
    if (line === this.#lastLogged) this.#logger.debug(failure.message);
    else this.#logger.warn(line);
    this.#lastLogged = line;
  }

  #setStatus(status: BrokerStatus): void {
    this.#status = status;
    this.#events.emit("status", status);
  }
}
