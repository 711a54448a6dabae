import { readFile } from "node:fs/promises";
import mqtt from "mqtt";
import type { MqttMessage, MqttPublication } from "../../base/mqtt-port.js";
import { isVersionRefusal } from "./classify-failure.js";
import { type Connection, connectionOf } from "./connection.js";
import type { BrokerTls, ParsedEndpoint } from "./endpoint.js";

/** Versions of MQTT as they stand in the CONNECT packet: 5 is MQTT 5, 4 is MQTT 3.1.1. */
export type ProtocolVersion = 5 | 4;

/** What a connection announces of itself. */
export interface ConnectOptions {
  readonly clientId: string;
  /** Published by the broker when we vanish. */
  readonly will?: MqttPublication;
  /** Largest packet we want to be sent, in bytes; brokers that speak MQTT 5 keep to it. */
  readonly maxPacketBytes: number;
  readonly connectTimeoutMs: number;
  readonly keepAliveSeconds: number;
  readonly onMessage: (message: MqttMessage) => void;
}

/**
 * A connection in the newest version the broker speaks: MQTT 5, else 3.1.1 when it says that it does not know MQTT 5
 * or hangs up on it without a word, as old brokers do.
 * @param first the version to try first
 * @returns the connection and the version that worked
 * @throws what the network or the broker reported, or undefined when it just hung up: see `classifyFailure`
 */
export async function openConnection(
  endpoint: ParsedEndpoint,
  first: ProtocolVersion,
  options: ConnectOptions,
  signal: AbortSignal,
): Promise<Connection> {
  try {
    return await openVersion(endpoint, first, options, signal);
  } catch (cause) {
    if (first === 4 || !(cause === undefined || isVersionRefusal(cause))) throw cause;
    return openVersion(endpoint, 4, options, signal);
  }
}

async function openVersion(
  endpoint: ParsedEndpoint,
  version: ProtocolVersion,
  options: ConnectOptions,
  signal: AbortSignal,
): Promise<Connection> {
  const secure = endpoint.protocol === "mqtts" || endpoint.protocol === "wss";
  const tls = secure ? await readTls(endpoint.tls ?? {}) : {};
  signal.throwIfAborted();
  const client = mqtt.connect({
    protocol: endpoint.protocol,
    host: endpoint.host,
    port: endpoint.port,
    ...(endpoint.path !== undefined && { path: endpoint.path }),
    ...(endpoint.username !== undefined && { username: endpoint.username }),
    ...(endpoint.password !== undefined && { password: endpoint.password }),
    ...tls,
    protocolVersion: version,
    ...(version === 5 && { properties: { maximumPacketSize: options.maxPacketBytes } }),
    clientId: options.clientId,
    clean: true,
    resubscribe: false,
    // Reconnecting is ours: each attempt may have other credentials, another version and a growing delay.
    reconnectPeriod: 0,
    connectTimeout: options.connectTimeoutMs,
    keepalive: options.keepAliveSeconds,
    queueQoSZero: false,
    ...(options.will && {
      will: {
        topic: options.will.topic,
        payload: Buffer.from(options.will.payload),
        qos: options.will.qos,
        retain: options.will.retain === true,
      },
    }),
  });
  return connectionOf(client, version, options.onMessage, signal);
}

async function readTls({ caPath, certPath, keyPath, verify }: BrokerTls): Promise<mqtt.IClientOptions> {
  return {
    rejectUnauthorized: verify !== false,
    ...(caPath !== undefined && { ca: await readFile(caPath) }),
    ...(certPath !== undefined && { cert: await readFile(certPath) }),
    ...(keyPath !== undefined && { key: await readFile(keyPath) }),
  };
}
