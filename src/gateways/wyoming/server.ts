import { createServer, type Server, type Socket } from "node:net";
import type { Clock } from "../../base/clock.js";
import { ConfigError, InternalError, messageOf, SessionError } from "../../base/errors.js";
import type { Logger } from "../../base/logger.js";
import type { ModelManifest } from "../../catalog/manifest.js";
import { wakeWordsOf } from "../../catalog/wake-words.js";
import { encodeEvent } from "../../protocol/wyoming/codec.js";
import type { VoiceSessions } from "../../sessions/voice.js";
import { SentenceSplitter } from "../../text/sentences.js";
import { Connection, type ConnectionTools } from "./connection.js";
import { ConnectionQuota } from "./connection-quota.js";
import { describeModels } from "./describe.js";
import { errorEventFor } from "./error-event.js";
import type { SentenceCutter, WyomingOptions } from "./options.js";

export interface WyomingServerTools {
  readonly voice: VoiceSessions;
  /** The models to offer, loaded or not; asked at each `describe`. The same array gives the same answer. */
  readonly manifests: () => readonly ModelManifest[];
  readonly clock: Clock;
  readonly log: Logger;
  readonly options: WyomingOptions;
  /** Makes what cuts streamed text; the splitter of this program unless told. */
  readonly sentences?: () => SentenceCutter;
}

/** Sockets beyond the allowed connections that are told so; more are dropped without a word. */
const SPARE_SOCKETS = 16;

/** Peers and mistakes that are not logged a second time. */
const REMEMBERED_COMPLAINTS = 256;

/** The Wyoming port: speech to text, text to speech and wake words for Home Assistant and satellites. */
export class WyomingServer {
  readonly #tools: WyomingServerTools;
  readonly #server: Server;
  readonly #quota: ConnectionQuota;
  readonly #connections = new Set<Connection>();
  readonly #running = new Set<Promise<void>>();
  readonly #complaints = new Set<string>();
  #info: { readonly of: readonly ModelManifest[]; readonly bytes: Uint8Array } | undefined;

  constructor(tools: WyomingServerTools) {
    const { connections: total, connectionsPerAddress: perAddress } = tools.options.limits;
    this.#tools = tools;
    this.#quota = new ConnectionQuota({ total, perAddress });
    this.#server = createServer({ allowHalfOpen: true, noDelay: true, keepAlive: true }, (socket) =>
      this.#welcome(socket),
    );
    this.#server.maxConnections = total + SPARE_SOCKETS;
  }

  /** The port listened on; 0 before `start`. */
  get port(): number {
    const address = this.#server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  }

  /**
   * Listens; afterwards `port` is the real one.
   * @throws {InternalError} `port-taken`
   * @throws {ConfigError} `config-invalid` when the address cannot be listened on at all
   */
  async start(): Promise<void> {
    const { host, port } = this.#tools.options;
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", (error) => reject(cannotListen(error, host, port)));
      this.#server.listen({ host, port }, resolve);
    });
    this.#server.on("error", (error) =>
      this.#tools.log.warn("cannot accept a connection", { reason: error.message }),
    );
    this.#tools.log.debug("listening for Wyoming", { host, port: this.port });
  }

  /** Stops listening, ends every connection and waits until none is left. Idempotent. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const connection of this.#connections) connection.close();
    await Promise.all([closed, ...this.#running]);
  }

  #welcome(socket: Socket): void {
    const address = plainAddress(socket.remoteAddress);
    const leave = this.#quota.take(address);
    if (!leave) {
      this.#refuse(socket, address);
      return;
    }
    const connection = new Connection(socket, address, this.#connectionTools(address));
    this.#connections.add(connection);
    const running = connection.run().finally(() => {
      leave();
      this.#connections.delete(connection);
      this.#running.delete(running);
    });
    this.#running.add(running);
  }

  #connectionTools(address: string): ConnectionTools {
    const { voice, manifests, clock, log, options, sentences } = this.#tools;
    return {
      voice,
      clock,
      options,
      log: log.child({ peer: address }),
      sentences: sentences ?? (() => new SentenceSplitter()),
      info: () => this.#infoBytes(),
      isNews: (code) => this.#isNews(`${address} ${code}`),
      wakeWords: () =>
        manifests()
          .filter(({ capability }) => capability === "wake")
          .flatMap(wakeWordsOf),
      canTranscribe: () => manifests().some(({ capability }) => capability === "stt"),
    };
  }

  #infoBytes(): Uint8Array {
    const manifests = this.#tools.manifests();
    if (this.#info?.of !== manifests) {
      this.#info = { of: manifests, bytes: encodeEvent(describeModels(manifests, this.#tools.options)) };
    }
    return this.#info.bytes;
  }

  #isNews(complaint: string): boolean {
    if (this.#complaints.has(complaint)) return false;
    if (this.#complaints.size >= REMEMBERED_COMPLAINTS) this.#complaints.clear();
    this.#complaints.add(complaint);
    return true;
  }

  #refuse(socket: Socket, address: string): void {
    const { clock, log, options } = this.#tools;
    log.info("connection refused: too many are open", { peer: address });
    const linger = clock.after(options.limits.lingerMs, () => socket.destroy());
    socket.on("error", (error) => log.debug("refused connection lost", { reason: messageOf(error) }));
    socket.once("close", () => linger.cancel());
    socket.resume();
    const busy = errorEventFor(
      new SessionError(
        "busy",
        "Too many connections are open. Close some, or raise wyoming.max_connections.",
      ),
    );
    if (busy) socket.write(encodeEvent(busy));
    socket.end();
  }
}

function cannotListen(error: NodeJS.ErrnoException, host: string, port: number): Error {
  if (error.code === "EADDRINUSE") {
    return new InternalError(
      "port-taken",
      `Port ${port} on ${host} is taken by another program. Stop it, or choose another wyoming.port.`,
      { cause: error },
    );
  }
  return new ConfigError(
    "config-invalid",
    `Cannot listen on ${host}, port ${port} (${error.code ?? error.message}). Check wyoming.host and wyoming.port.`,
    { cause: error },
  );
}

/** IPv4 peers of an IPv6 socket without the prefix. */
const plainAddress = (address: string | undefined): string => (address ?? "unknown").replace(/^::ffff:/, "");
