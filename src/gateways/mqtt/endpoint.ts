import { ConfigError } from "../../base/errors.js";

/** Where the broker is and how to be let in. */
export interface BrokerEndpoint {
  /** `mqtt://host:1883`, `mqtts://host:8883`, `ws://host/mqtt`, `wss://…`, or just `host` or `host:port`. */
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
  readonly tls?: BrokerTls;
}

/** For `mqtts` and `wss` only. Files are read again before every connect, so a renewed certificate is found. */
export interface BrokerTls {
  /** PEM file with the authorities to trust instead of the system's. */
  readonly caPath?: string;
  /** PEM files of our own certificate and its key. */
  readonly certPath?: string;
  readonly keyPath?: string;
  /** False accepts any certificate. Default true. */
  readonly verify?: boolean;
}

/** An endpoint whose address has been taken apart and found valid. */
export interface ParsedEndpoint {
  readonly protocol: "mqtt" | "mqtts" | "ws" | "wss";
  readonly host: string;
  readonly port: number;
  /** Path of a WebSocket address. */
  readonly path?: string;
  readonly username?: string;
  readonly password?: string;
  readonly tls?: BrokerTls;
}

const PORTS = { mqtt: 1883, mqtts: 8883, ws: 80, wss: 443 } as const;
const ALIASES: Readonly<Record<string, ParsedEndpoint["protocol"]>> = {
  mqtt: "mqtt",
  tcp: "mqtt",
  mqtts: "mqtts",
  ssl: "mqtts",
  tls: "mqtts",
  ws: "ws",
  wss: "wss",
};

/**
 * The endpoint's address in parts. User name and password given apart win over those inside the URL.
 * @throws {ConfigError} `config-invalid`
 */
export function parseEndpoint(endpoint: BrokerEndpoint): ParsedEndpoint {
  const url = parseUrl(endpoint.url.trim());
  const protocol = url && ALIASES[url.protocol.replace(/:$/, "")];
  if (!url || !protocol || url.hostname === "") {
    // The text is not repeated: it may hold a password.
    throw new ConfigError(
      "config-invalid",
      "The MQTT broker address is not valid: write it like mqtt://core-mosquitto:1883 or mqtts://broker.local:8883",
    );
  }
  const username = endpoint.username ?? decoded(url.username);
  const password = endpoint.password ?? decoded(url.password);
  return {
    protocol,
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: url.port === "" ? PORTS[protocol] : Number(url.port),
    ...(protocol.startsWith("ws") && { path: url.pathname }),
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(endpoint.tls && { tls: endpoint.tls }),
  };
}

/** `host:port` for people; holds no credentials. */
export function nameOf({ host, port }: { readonly host: string; readonly port: number }): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

function parseUrl(text: string): URL | undefined {
  const withScheme = /^[a-z]+:\/\//i.test(text) ? text : `mqtt://${text}`;
  return URL.canParse(withScheme) ? new URL(withScheme) : undefined;
}

function decoded(part: string): string | undefined {
  if (part === "") return undefined;
  try {
    return decodeURIComponent(part);
  } catch (error) {
    if (error instanceof URIError) return part; // A bare % in a password: take it as it stands.
    throw error;
  }
}
