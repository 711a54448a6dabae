import type { MqttPort } from "../base/mqtt-port.js";
import type { HermesBridge } from "../gateways/hermes/bridge.js";
import type { Conversation } from "../gateways/hermes/dialogues.js";
import type { OwnSite } from "../gateways/hermes/options.js";
import { Board } from "../gateways/local-audio/board.js";
import { HermesSite } from "../gateways/local-audio/hermes-site.js";
import { LocalBus } from "../gateways/local-audio/local-bus.js";
import { SatelliteServer } from "../gateways/wyoming/satellite-server.js";
import type { ListenerSnapshot } from "../sessions/snapshot.js";
import { audioBackends } from "./audio-backends.js";
import { BoardSettings } from "./board-settings.js";
import type { Core, CoreParts } from "./core.js";
import { Door } from "./door.js";
import { openHermes, WORDLESS } from "./hermes-services.js";
import { VERSION } from "./version.js";

/** The machine's own microphone and speaker, as a satellite like any other. */
export class BoardDoors {
  readonly board: Board;
  readonly #parts: CoreParts;
  readonly #core: Core;
  readonly #bus: LocalBus;
  readonly #satellite: Door | undefined;
  #site: HermesSite | undefined;
  #services: HermesBridge | undefined;

  /** Undefined unless the user wants it. */
  static async open(
    parts: CoreParts,
    core: Core,
    onListening: (listener: ListenerSnapshot) => void,
  ): Promise<BoardDoors | undefined> {
    if (!parts.config.local_audio.enabled) return undefined;
    const doors = new BoardDoors(parts, core, onListening);
    await doors.#satellite?.open();
    return doors;
  }

  private constructor(parts: CoreParts, core: Core, onListening: (listener: ListenerSnapshot) => void) {
    const { config, env, clock, log } = parts;
    const { site_id: site, microphone, speaker, chime, volume } = config.local_audio;
    const settings = new BoardSettings(config.data_dir, { muted: false, volume }, log);
    const surroundings = { env };
    this.#parts = parts;
    this.#core = core;
    this.#bus = new LocalBus({ site, clock, log });
    const board = new Board(
      { site, microphone, speaker, chime, ...settings.choice },
      {
        backends: audioBackends(config, surroundings),
        surroundings,
        clock,
        log,
        changed: () => {
          settings.keep(board.snapshot());
          core.touch();
        },
      },
    );
    this.board = board;
    core.setBoard(() => board.snapshot());
    this.#satellite = this.#satelliteDoor(onListening);
  }

  /** How the services treat the board. */
  get ownSite(): OwnSite {
    const { site_id: siteId, barge_in: bargeIn } = this.#parts.config.local_audio;
    return { siteId, bargeIn };
  }

  /** A connection to a broker, with the board on it. */
  joined(outer: MqttPort): MqttPort {
    return this.#bus.end(outer);
  }

  /** Begins to listen, as a site of services on a broker. @param outer the services' own connection */
  listen(outer?: MqttPort): void {
    const { clock, log } = this.#parts;
    const { siteId: site } = this.ownSite;
    this.#site = new HermesSite({ site, board: this.board, port: this.#bus.end(outer), clock, log });
    this.#site.start();
    this.board.start();
  }

  /** Begins to listen, with services for the board alone. */
  listenAlone(conversation: Conversation = WORDLESS): HermesBridge {
    const port = this.#bus.end();
    const { ownSite } = this;
    const options = { sites: [ownSite.siteId], wakeWords: [], ownSite };
    this.#services = openHermes(this.#parts, this.#core, {
      control: port,
      audio: port,
      conversation,
      options,
    });
    this.#services.start();
    this.listen();
    return this.#services;
  }

  async close(): Promise<void> {
    await this.#satellite?.close();
    this.#site?.close();
    this.#services?.close();
    await this.board.close();
  }

  #satelliteDoor(onListening: (listener: ListenerSnapshot) => void): Door | undefined {
    const { config, clock, log } = this.#parts;
    const { satellite_port: port, site_id: name } = config.local_audio;
    const { host } = config.wyoming;
    if (port === 0) return undefined;
    const server = new SatelliteServer({
      board: this.board,
      voice: this.#core.voice,
      clock,
      log,
      wakeWords: () => this.#core.ladder.hearing([]).flatMap(({ words }) => words),
      options: {
        host,
        port,
        name: `Irene ${name}`,
        program: {
          version: VERSION,
          attribution: { name: "Irene Edge", url: "https://github.com/irene-edge/irene-edge" },
        },
      },
    });
    const open = async () => {
      await server.start();
      log.info(`Wyoming satellite listens on ${host}:${server.port}`);
      onListening({ name: "satellite", address: host, port: server.port });
    };
    return new Door({ open, close: () => server.close(), clock, log });
  }
}
