import { ProtocolError } from "../../base/errors.js";
import type { MqttMessage, MqttPort } from "../../base/mqtt-port.js";
import { decode, type Encoded, encode, type MessageKind } from "../../protocol/hermes/message.js";
import type { Sites } from "./sites.js";
import type { Tally } from "./tally.js";

/** The messages of the protocol, going in and out. What makes no sense is counted and goes no further. */
export class Inbox {
  readonly #port: MqttPort;
  readonly #sites: Sites;
  readonly #tally: Tally;

  constructor(port: MqttPort, sites: Sites, tally: Tally) {
    this.#port = port;
    this.#sites = sites;
    this.#tally = tally;
  }

  /** Hears messages of a kind, from sites that are served. @returns a function that stops it */
  on<T>(kind: MessageKind<T>, listener: (message: T) => void): () => void {
    return this.onTopic(kind.topic, ({ payload }) => this.admitted(decode(kind, payload), listener));
  }

  /**
   * Hears a topic; the listener may throw a `ProtocolError`.
   * @param options.stored true to be told as well what was stored at the broker before
   */
  onTopic(
    filter: string,
    listener: (message: MqttMessage) => void,
    { stored = false }: { readonly stored?: boolean } = {},
  ): () => void {
    const subscription = this.#port.subscribe(filter, 0, (message) => {
      if (message.retained && !stored) return;
      try {
        listener(message);
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error;
        this.#tally.refuseMessage(message.topic, error);
      }
    });
    return () => subscription.close();
  }

  /** Called whenever the broker is back after it was away: messages of that time are lost. */
  onReconnect(listener: () => void): () => void {
    let isFirst = true;
    return this.#port.onConnect(() => {
      if (!isFirst) listener();
      isFirst = false;
    });
  }

  /** Hands on a message unless it is for a site that is not served. */
  admitted<T>(message: T, listener: (message: T) => void): void {
    const siteId = siteOf(message);
    if (siteId === undefined || this.#sites.admit(siteId)) listener(message);
    else this.#tally.refuseSite(siteId);
  }

  send<T extends object>(kind: MessageKind<T>, message: T): void {
    this.sendEncoded(encode(kind, message));
  }

  /** As the protocol has it: not stored, not repeated. */
  sendEncoded({ topic, payload }: Encoded): void {
    void this.#port.publish({ topic, payload, qos: 0 });
  }
}

function siteOf(message: unknown): string | undefined {
  if (typeof message !== "object" || message === null || !("siteId" in message)) return undefined;
  return typeof message.siteId === "string" ? message.siteId : undefined;
}
