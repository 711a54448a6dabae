import { timingSafeEqual } from "node:crypto";
import { createServer, type Server } from "node:net";
import { Aedes, type AedesPublishPacket, type AuthenticateError } from "aedes";
import { InternalError, messageOf } from "../../base/errors.js";
import type { Logger } from "../../base/logger.js";
import { LimitedConnection } from "./limit-packets.js";

/** The broker of a stand-alone run, where no other is at hand. */
export interface EmbeddedBrokerOptions {
  /** Address to listen on; `127.0.0.1` keeps it to this machine. */
  readonly host: string;
  /** First port to try; the next free one of twenty is taken. 0 means any. */
  readonly port: number;
  /** Who may connect; absent: anyone who can reach the port. */
  readonly credentials?: { readonly username: string; readonly password: string };
  readonly maxClients?: number;
  readonly maxPacketBytes?: number;
  /** Topics whose last message is kept; further ones are refused. */
  readonly maxRetained?: number;
}

const PORTS_TRIED = 20;
const NOT_AUTHORIZED = 5;

/**
 * An MQTT 3.1.1 broker inside this process, for satellites, scripts and a first look. Home Assistant's own MQTT
 * integration needs an MQTT 5 broker such as Mosquitto, and can be a client of this one only through a bridge.
 * What it keeps is lost when the program ends.
 */
export class EmbeddedBroker {
  readonly host: string;
  readonly port: number;
  readonly #aedes: Aedes;
  readonly #server: Server;

  private constructor(aedes: Aedes, server: Server, host: string, port: number) {
    this.#aedes = aedes;
    this.#server = server;
    this.host = host;
    this.port = port;
  }

  /** @throws {InternalError} `port-taken` when none of the ports is free */
  static async start(options: EmbeddedBrokerOptions, logger: Logger): Promise<EmbeddedBroker> {
    const maxPacketBytes = options.maxPacketBytes ?? 4 * 1024 ** 2;
    const aedes = await Aedes.createBroker({
      connectTimeout: 10_000,
      // Drops a subscriber that takes nothing for so long, instead of holding its messages.
      drainTimeout: 10_000,
      maxInflightInbound: 50,
      authorizePublish: boundedRetained(options.maxRetained ?? 2_000),
      ...(options.credentials && { authenticate: passwordCheck(options.credentials) }),
    });
    aedes.on("connectionError", (_, error) => logger.debug("MQTT client refused", { error: error.message }));
    aedes.on("clientError", (client, error) =>
      logger.debug("MQTT client dropped", { client: client.id, error: error.message }),
    );
    const server = createServer((socket) => {
      const onTooLong = () =>
        logger.info(`An MQTT client sent a packet of more than ${maxPacketBytes} bytes and was cut off`, {
          peer: socket.remoteAddress,
        });
      aedes.handle(new LimitedConnection(socket, maxPacketBytes, onTooLong));
    });
    server.maxConnections = options.maxClients ?? 100;
    server.on("drop", () => logger.warn("Too many MQTT clients: a connection was turned away"));
    try {
      const port = await listenOnFreePort(server, options);
      logger.info(`The embedded MQTT broker listens on ${options.host}:${port}`);
      return new EmbeddedBroker(aedes, server, options.host, port);
    } catch (error) {
      aedes.close();
      throw error;
    }
  }

  /** Connects clients of this machine. */
  get url(): string {
    const host = this.host === "0.0.0.0" || this.host === "::" ? "127.0.0.1" : this.host;
    return `mqtt://${host.includes(":") ? `[${host}]` : host}:${this.port}`;
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => this.#aedes.close(resolve));
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}

async function listenOnFreePort(server: Server, { host, port }: EmbeddedBrokerOptions): Promise<number> {
  const last = port === 0 ? 0 : Math.min(65_535, port + PORTS_TRIED - 1);
  for (let candidate = port; ; candidate++) {
    try {
      return await listen(server, host, candidate);
    } catch (error) {
      const taken = error instanceof Error && "code" in error && error.code === "EADDRINUSE";
      if (taken && candidate < last) continue;
      throw new InternalError(
        "port-taken",
        taken
          ? `Ports ${port} to ${last} are all in use: choose another port for the embedded MQTT broker`
          : `The embedded MQTT broker cannot listen on ${host}:${candidate}: ${messageOf(error)}`,
        { cause: error },
      );
    }
  }
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      const address = server.address();
      resolve(typeof address === "object" && address ? address.port : port);
    });
  });
}

function passwordCheck({ username, password }: { username: string; password: string }) {
  return (
    _: unknown,
    givenName: string | undefined,
    givenPassword: Buffer | undefined,
    done: (error: AuthenticateError | null, success: boolean) => void,
  ) => {
    const isRight =
      sameBytes(Buffer.from(givenName ?? ""), Buffer.from(username)) &&
      sameBytes(givenPassword ?? Buffer.alloc(0), Buffer.from(password));
    if (isRight) return done(null, true);
    done(Object.assign(new Error("wrong user name or password"), { returnCode: NOT_AUTHORIZED }), false);
  };
}

function sameBytes(given: Buffer, expected: Buffer): boolean {
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** Keeps clients from filling our memory with stored messages, and from speaking in the broker's own name. */
function boundedRetained(max: number) {
  const kept = new Set<string>();
  return (
    _: unknown,
    { topic, payload, retain }: Pick<AedesPublishPacket, "topic" | "payload" | "retain">,
    done: (error?: Error | null) => void,
  ) => {
    if (topic.startsWith("$")) return done(new Error(`${topic} is the broker's own topic`));
    if (retain && payload.length === 0) kept.delete(topic);
    else if (retain && !kept.has(topic)) {
      if (kept.size >= max) return done(new Error(`no more than ${max} topics are kept`));
      kept.add(topic);
    }
    done(null);
  };
}
