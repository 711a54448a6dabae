import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import { INGRESS_ADDRESS } from "../gateways/http/access.js";
import { HttpServer } from "../gateways/http/server.js";
import type { ListenerSnapshot } from "../sessions/snapshot.js";
import { BoardDoors } from "./board-doors.js";
import { Core, type CoreParts } from "./core.js";
import { Door } from "./door.js";
import { conversationOf } from "./hermes-services.js";
import { MqttDoors } from "./mqtt-doors.js";
import { removeServerFile, writeServerFile } from "./state-file.js";
import { supervisorAddress } from "./supervisor-address.js";
import { SupervisorDoor } from "./supervisor-door.js";
import { PROGRAM_DIR, VERSION } from "./version.js";
import { WyomingDoors } from "./wyoming-doors.js";

export interface RuntimeParts extends CoreParts {
  readonly underSupervisor: boolean;
}

import { fetchVoicesIndex } from "./voices-index.js";

/** The whole running program. Ports listen first, models follow in the background. */
export class Runtime {
  readonly #parts: RuntimeParts;
  readonly #core: Core;
  readonly #stopping = new AbortController();
  readonly #doors: readonly (Door | WyomingDoors)[];
  readonly #listeners = new Map<string, ListenerSnapshot>();
  readonly #supervisor: SupervisorDoor | undefined;
  #mqtt: MqttDoors | undefined;
  #board: BoardDoors | undefined;

  /** Resolves when the ports listen and the warm-up has begun. */
  static async start(parts: RuntimeParts): Promise<Runtime> {
    const runtime = new Runtime(parts, await Core.create(parts));
    await runtime.#open();
    return runtime;
  }

  private constructor(parts: RuntimeParts, core: Core) {
    this.#parts = parts;
    this.#core = core;
    this.#supervisor = parts.underSupervisor ? new SupervisorDoor(parts, core) : undefined;
    this.#doors = [this.#wyoming(), ...(parts.config.http.enabled ? [this.#http()] : [])];
  }

  async #open(): Promise<void> {
    await Promise.all(this.#doors.map((door) => door.open()));
    await this.#openMqtt();
    if (this.#mqtt?.listener) this.#noteListener(this.#mqtt.listener);
    const { home, preload } = this.#core;
    void home?.start();
    const warm = preload.start();
    // Commands are a gain only beside those who answer everything else.
    void warm.then(() => home?.bring());
    void warm.then(() => fetchVoicesIndex(this.#parts, this.#stopping.signal));
  }

  async #openMqtt(): Promise<void> {
    const { config, env, log, underSupervisor } = this.#parts;
    const conversation = conversationOf(config, underSupervisor ? supervisorAddress(env) : undefined, log);
    this.#board = await BoardDoors.open(this.#parts, this.#core, (listener) => this.#noteListener(listener));
    const company = { conversation, board: this.#board };
    this.#mqtt = await MqttDoors.open(this.#parts, this.#core, underSupervisor, company);
    if (!this.#mqtt) this.#board?.listenAlone(conversation);
  }

  /** Ends everything in order: no new work, children gone, `offline` said. Idempotent. */
  async close(): Promise<void> {
    this.#stopping.abort();
    removeServerFile(this.#parts.config.data_dir);
    this.#supervisor?.close();
    await Promise.all([this.#board?.close(), ...this.#doors.map((door) => door.close())]);
    await this.#core.close();
    await this.#mqtt?.close();
  }

  #wyoming(): WyomingDoors {
    const { config, clock, log, underSupervisor } = this.#parts;
    const { voice, offered, installId } = this.#core;
    return new WyomingDoors({
      config,
      clock,
      log,
      voice,
      offered,
      installId,
      underSupervisor,
      onListening: (listener) => {
        this.#noteListener(listener);
        if (listener.name === "wyoming") this.#supervisor?.wyomingListens(listener.port);
      },
    });
  }

  #http(): Door {
    const { config, clock, log } = this.#parts;
    const { host, port, token } = config.http;
    // Commands on this machine find it beside the server's address, where only who may read the data folder looks.
    const key = token === "" ? undefined : randomBytes(24).toString("base64url");
    const { voice, controls, snapshots, lives, home } = this.#core;
    const options = {
      host,
      port,
      webDir: fileURLToPath(new URL("addon/web", PROGRAM_DIR)),
      access: {
        tokens: key === undefined ? [] : [token, key],
        ...(this.#parts.underSupervisor ? { trusted: [INGRESS_ADDRESS] } : {}),
      },
    };
    const server = new HttpServer({
      voice,
      controls,
      snapshots,
      lives,
      home,
      version: VERSION,
      log,
      options,
    });
    return new Door({
      open: async () => {
        const taken = await server.start();
        log.info(`HTTP listens on ${host}:${taken}`);
        this.#noteListener({ name: "http", address: host, port: taken });
        const found = { pid: process.pid, httpUrl: httpUrl(host, taken) };
        writeServerFile(config.data_dir, { ...found, ...(key === undefined ? {} : { key }) });
      },
      close: () => server.close(),
      clock,
      log,
    });
  }

  #noteListener(listener: ListenerSnapshot): void {
    this.#listeners.set(listener.name, listener);
    this.#core.setListeners([...this.#listeners.values()]);
  }
}

function httpUrl(host: string, port: number): string {
  const reachable = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
  return `http://${reachable.includes(":") ? `[${reachable}]` : reachable}:${port}`;
}
