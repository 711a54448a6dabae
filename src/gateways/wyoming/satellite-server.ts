import { createServer, type Server, type Socket } from "node:net";
import { ConfigError, InternalError } from "../../base/errors.js";
import { info } from "../../protocol/wyoming/info.js";
import { ConnectionQuota } from "./connection-quota.js";
import { type ProgramIdentity, WYOMING_LIMITS } from "./options.js";
import { SatelliteLink, type SatelliteLinkTools } from "./satellite-link.js";

export interface SatelliteServerTools
  extends Pick<SatelliteLinkTools, "board" | "voice" | "clock" | "log" | "wakeWords"> {
  readonly options: {
    readonly host: string;
    /** 0 takes any free port. */
    readonly port: number;
    /** As Home Assistant calls the device. */
    readonly name: string;
    readonly program: Pick<ProgramIdentity, "version" | "attribution">;
  };
}

/** Home Assistant keeps one connection and opens short ones to look. */
const CONNECTIONS = { total: 8, perAddress: 4 } as const;

/**
 * A port on which the board is a satellite that Home Assistant adopts. A port of its own, since a program that says it
 * is a satellite is taken for nothing else.
 */
export class SatelliteServer {
  readonly #tools: SatelliteServerTools;
  readonly #server: Server;
  readonly #quota = new ConnectionQuota(CONNECTIONS);
  readonly #links = new Set<SatelliteLink>();
  readonly #running = new Set<Promise<void>>();

  constructor(tools: SatelliteServerTools) {
    this.#tools = tools;
    this.#server = createServer({ allowHalfOpen: true, noDelay: true, keepAlive: true }, (socket) =>
      this.#welcome(socket),
    );
  }

  /** The port listened on; 0 before `start`. */
  get port(): number {
    const address = this.#server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  }

  /** @throws {InternalError} `port-taken`; {ConfigError} `config-invalid` when the address cannot be listened on */
  async start(): Promise<void> {
    const { host, port } = this.#tools.options;
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", (error: NodeJS.ErrnoException) => {
        const cause = { cause: error };
        const taken = `Port ${port} on ${host} is taken by another program. Choose another local_audio.satellite_port.`;
        const refused = `Cannot listen on ${host}, port ${port} (${error.code}). Check local_audio.satellite_port.`;
        reject(
          error.code === "EADDRINUSE"
            ? new InternalError("port-taken", taken, cause)
            : new ConfigError("config-invalid", refused, cause),
        );
      });
      this.#server.listen({ host, port }, resolve);
    });
  }

  /** Idempotent. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const link of this.#links) link.close();
    await Promise.all([closed, ...this.#running]);
  }

  #welcome(socket: Socket): void {
    const { board, voice, clock, log, wakeWords } = this.#tools;
    const address = socket.remoteAddress ?? "unknown";
    const leave = this.#quota.take(address);
    if (!leave) {
      socket.destroy();
      return;
    }
    const link: SatelliteLink = new SatelliteLink(socket, {
      board,
      voice,
      clock,
      wakeWords,
      limits: WYOMING_LIMITS,
      log: log.child({ peer: address }),
      info: this.#info(),
      onRun: () => {
        log.info("Home Assistant leads the board as a satellite", { peer: address });
        // After a restart it comes back before its old connection is known to be dead.
        for (const other of this.#links) if (other !== link) other.retire();
      },
    });
    this.#links.add(link);
    const running = link.run().finally(() => {
      leave();
      this.#links.delete(link);
      this.#running.delete(running);
    });
    this.#running.add(running);
  }

  #info() {
    const { options, wakeWords } = this.#tools;
    const { name, program } = options;
    const words = wakeWords();
    return info.encode({
      asr: [],
      tts: [],
      handle: [],
      intent: [],
      wake: [],
      mic: [],
      snd: [],
      satellite: {
        name,
        attribution: program.attribution,
        installed: true,
        description: "Microphone and speaker of this machine",
        version: program.version,
        hasVad: false,
        ...(words.length > 0 && { activeWakeWords: words, maxActiveWakeWords: words.length }),
        supportsTrigger: false,
      },
    });
  }
}
