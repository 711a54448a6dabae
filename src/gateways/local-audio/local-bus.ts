import type { Clock } from "../../base/clock.js";
import { messageOf, VoiceError } from "../../base/errors.js";
import type { Logger } from "../../base/logger.js";
import type {
  MqttMessage,
  MqttPort,
  MqttPublication,
  MqttSubscription,
  PublishOutcome,
} from "../../base/mqtt-port.js";
import { topicMatches } from "../../base/topic-filter.js";
import { DEFAULT_SITE, parseFields } from "../../protocol/hermes/fields.js";
import { EchoBook } from "./echo-book.js";

type Listener = (message: MqttMessage) => void;

export interface LocalBusParts {
  /** The site that is in this program. */
  readonly site: string;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Sound for and from a site; of no use to anybody else. */
const SOUND =
  /^hermes\/audioServer\/([^/]+)\/(audioFrame|[^/]+\/audioSessionFrame|playBytes\/[^/]+|playFinished)$/;

/**
 * Messages between the board and the services of this program. What concerns the board is handed over inside the
 * program, so that it is served with no broker at all and its sound stays off the network; everything but sound goes to
 * the broker besides, where others may take part. What comes back from there a second time is dropped.
 */
export class LocalBus {
  readonly #parts: LocalBusParts;
  readonly #listeners = new Map<string, Set<Listener>>();
  readonly #ends: BusEnd[] = [];
  readonly #queue: MqttMessage[] = [];

  constructor(parts: LocalBusParts) {
    this.#parts = parts;
  }

  /**
   * An end of the bus for somebody who talks to a broker, or would if there was one.
   * @param outer connection to the broker; absent for none
   */
  end(outer?: MqttPort): MqttPort {
    const known = this.#ends.find((each) => each.outer === outer);
    if (known) return known;
    const made = new BusEnd(outer, this, this.#parts.clock);
    this.#ends.push(made);
    return made;
  }

  /** True for what the board says or is told. */
  isLocal({ topic, payload }: Pick<MqttPublication, "topic" | "payload">): boolean {
    const { site } = this.#parts;
    const [, sounding] = SOUND.exec(topic) ?? [];
    if (sounding !== undefined) return sounding === site;
    try {
      const named = parseFields(typeof payload === "string" ? Buffer.from(payload) : payload)["siteId"];
      return (typeof named === "string" ? named : DEFAULT_SITE) === site;
    } catch (error) {
      // Not a message of the protocol, so not for the board.
      if (error instanceof VoiceError) return false;
      throw error;
    }
  }

  isSound(topic: string): boolean {
    return SOUND.test(topic);
  }

  add(filter: string, listener: Listener): () => void {
    const listeners = this.#listeners.get(filter) ?? new Set();
    this.#listeners.set(filter, listeners);
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#listeners.delete(filter);
    };
  }

  /** Hands a message to everybody here, later: as over a network nobody is answered while still speaking. */
  deliver({ topic, payload }: MqttPublication): void {
    const bytes = typeof payload === "string" ? Buffer.from(payload) : payload;
    this.#queue.push({ topic, payload: bytes, retained: false });
    if (this.#queue.length === 1) queueMicrotask(() => this.#drain());
  }

  tell(listener: Listener, message: MqttMessage): void {
    try {
      listener(message);
    } catch (error) {
      this.#parts.log.error(`A message on ${message.topic} could not be taken: ${messageOf(error)}`);
    }
  }

  #drain(): void {
    for (let message = this.#queue[0]; message; message = this.#queue[0]) {
      for (const [filter, listeners] of [...this.#listeners]) {
        if (!topicMatches(filter, message.topic)) continue;
        for (const listener of [...listeners]) this.tell(listener, message);
      }
      // Taken out last: what is said meanwhile is heard in this same round.
      this.#queue.shift();
    }
  }
}

/** The bus as one of its users sees it: the broker, with the board on it. */
class BusEnd implements MqttPort {
  readonly outer: MqttPort | undefined;
  readonly #bus: LocalBus;
  readonly #echoes: EchoBook;
  readonly #taps = new Map<string, { readonly listeners: Set<Listener>; readonly outer: MqttSubscription }>();

  constructor(outer: MqttPort | undefined, bus: LocalBus, clock: Clock) {
    this.outer = outer;
    this.#bus = bus;
    this.#echoes = new EchoBook(clock);
  }

  get connected(): boolean {
    return this.outer?.connected ?? true;
  }

  async publish(publication: MqttPublication): Promise<PublishOutcome> {
    const { outer } = this;
    const isLocal = this.#bus.isLocal(publication);
    if (isLocal || !outer) this.#bus.deliver(publication);
    if (!outer) return "delivered";
    if (!isLocal) return outer.publish(publication);
    if (this.#bus.isSound(publication.topic)) return "delivered";
    const comesBack = [...this.#taps.keys()].some((filter) => topicMatches(filter, publication.topic));
    const forget = comesBack ? this.#echoes.expect(publication) : () => undefined;
    if ((await outer.publish(publication)) !== "delivered") forget();
    // Whatever the broker said: those it is for have it.
    return "delivered";
  }

  subscribe(filter: string, qos: 0 | 1, listener: Listener): MqttSubscription {
    const stop = this.#bus.add(filter, listener);
    if (!this.outer) return { granted: Promise.resolve(true), close: stop };
    const tap = this.#taps.get(filter) ?? {
      listeners: new Set<Listener>(),
      outer: this.outer.subscribe(filter, qos, (message) => this.#hear(filter, message)),
    };
    this.#taps.set(filter, tap);
    tap.listeners.add(listener);
    return {
      granted: tap.outer.granted,
      close: () => {
        stop();
        if (!tap.listeners.delete(listener) || tap.listeners.size > 0) return;
        tap.outer.close();
        this.#taps.delete(filter);
      },
    };
  }

  onConnect(listener: () => void): () => void {
    if (this.outer) return this.outer.onConnect(listener);
    listener();
    return () => undefined;
  }

  #hear(filter: string, message: MqttMessage): void {
    if (this.#echoes.isEcho(message)) return;
    for (const listener of [...(this.#taps.get(filter)?.listeners ?? [])]) this.#bus.tell(listener, message);
  }
}
