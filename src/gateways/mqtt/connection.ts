import type { MqttClient } from "mqtt";
import type { MqttMessage, MqttPublication } from "../../base/mqtt-port.js";
import type { ProtocolVersion } from "./open-connection.js";

/** One open connection, from CONNACK until it breaks. It is never made again: the client opens a new one. */
export interface Connection {
  readonly version: ProtocolVersion;
  /** Messages of QoS 1 the broker takes at a time without acknowledging. */
  readonly receiveMaximum: number;
  /** Bytes written and not yet taken by the network. */
  backlogBytes(): number;
  /** Resolves when the connection is over, with what ended it; undefined when the broker just hung up. */
  readonly closed: Promise<{ readonly cause: unknown }>;
  /** @returns `lost` when the connection broke before the acknowledgement */
  publish(publication: MqttPublication): Promise<"delivered" | "refused" | "lost">;
  /** @returns `lost` when the connection broke before the answer */
  subscribe(filter: string, qos: 0 | 1): Promise<"granted" | "refused" | "lost">;
  unsubscribe(filter: string): void;
  /** Says goodbye, so that the will is not published. */
  end(): Promise<void>;
  /** Cuts the line without a word. */
  destroy(): void;
}

const DEFAULT_RECEIVE_MAXIMUM = 65_535;

/**
 * Waits for a fresh client to be let in.
 * @throws the cause, undefined when the broker hung up before it answered
 */
export function connectionOf(
  client: MqttClient,
  version: ProtocolVersion,
  onMessage: (message: MqttMessage) => void,
  signal: AbortSignal,
): Promise<Connection> {
  return new Promise((resolve, reject) => {
    let cause: unknown;
    const onAbort = () => client.end(true);
    const closed = new Promise<{ readonly cause: unknown }>((over) => {
      client.once("close", () => over({ cause }));
    });
    void closed.then(() => {
      signal.removeEventListener("abort", onAbort);
      reject(signal.aborted ? signal.reason : cause);
    });
    client.on("error", (error) => {
      cause ??= error;
    });
    client.on("disconnect", ({ reasonCode }) => {
      if (reasonCode) {
        cause ??= Object.assign(new Error(`disconnected with reason ${reasonCode}`), { code: reasonCode });
      }
    });
    client.on("message", (topic, payload, packet) => {
      onMessage({ topic, payload, retained: packet.retain });
    });
    client.once("connect", (connack) => {
      signal.removeEventListener("abort", onAbort);
      resolve(wrap(client, version, connack.properties?.receiveMaximum, closed));
    });
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
  });
}

function wrap(
  client: MqttClient,
  version: ProtocolVersion,
  receiveMaximum: number | undefined,
  closed: Connection["closed"],
): Connection {
  return {
    version,
    receiveMaximum: receiveMaximum ?? DEFAULT_RECEIVE_MAXIMUM,
    closed,
    backlogBytes: () => client.stream.writableLength,
    publish({ topic, payload, qos, retain, expirySeconds }) {
      const sent = new Promise<"delivered" | "refused" | "lost">((resolve) => {
        const options = {
          qos,
          retain: retain === true,
          ...(version === 5 &&
            expirySeconds !== undefined && { properties: { messageExpiryInterval: expirySeconds } }),
        };
        const bytes = typeof payload === "string" ? payload : Buffer.from(payload);
        client.publish(topic, bytes, options, (error) => resolve(error ? failureOf(error) : "delivered"));
      });
      // The library forgets the callbacks of messages in flight when the line breaks.
      return Promise.race([sent, closed.then(() => "lost" as const)]);
    },
    subscribe(filter, qos) {
      const answer = new Promise<"granted" | "refused" | "lost">((resolve) => {
        client.subscribe(filter, { qos }, (error) => resolve(error ? failureOf(error) : "granted"));
      });
      return Promise.race([answer, closed.then(() => "lost" as const)]);
    },
    unsubscribe: (filter) => void client.unsubscribe(filter, () => undefined),
    end: () => new Promise((resolve) => client.end(false, {}, () => resolve())),
    destroy: () => void client.end(true),
  };
}

/** A numbered error is the broker's answer to the message; anything else means that the line broke. */
function failureOf(error: Error): "refused" | "lost" {
  return "code" in error && typeof error.code === "number" ? "refused" : "lost";
}
