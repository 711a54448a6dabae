import type { ModelManifest } from "../catalog/manifest.js";
import { findProvider } from "../engines/registry.js";
import { type ProgramIdentity, WYOMING_LIMITS } from "../gateways/wyoming/options.js";
import { WyomingServer } from "../gateways/wyoming/server.js";
import { ZeroconfAnnouncer } from "../gateways/zeroconf/announcer.js";
import type { ListenerSnapshot } from "../sessions/snapshot.js";
import type { VoiceSessions } from "../sessions/voice.js";
import type { CoreParts } from "./core.js";
import { Door } from "./door.js";
import { modelsNamed, oneEngine } from "./one-engine.js";
import { VERSION } from "./version.js";

export interface WyomingDoorsTools extends Pick<CoreParts, "config" | "clock" | "log"> {
  readonly voice: VoiceSessions;
  /** The same array for ever: Home Assistant compares what it is told. */
  readonly offered: readonly ModelManifest[];
  readonly installId: string;
  readonly underSupervisor: boolean;
  /** Called when a port listens. The one for all models is called `wyoming`, others `wyoming <engine>`. */
  readonly onListening: (listener: ListenerSnapshot) => void;
}

/** What one port offers. */
interface Offer {
  /** Engine; absent for the port that offers all. */
  readonly engine?: string;
  readonly title: string;
  readonly port: number;
  readonly voice: VoiceSessions;
  readonly manifests: readonly ModelManifest[];
}

/** Every port that speaks Wyoming: one with all models, and one for each engine that is to be an entity of its own. */
export class WyomingDoors {
  readonly #tools: WyomingDoorsTools;
  readonly #doors: readonly Door[];
  readonly #zeroconf: ZeroconfAnnouncer | undefined;

  constructor(tools: WyomingDoorsTools) {
    const { config, clock, log, voice, offered, underSupervisor } = tools;
    const { host, port, zeroconf } = config.wyoming;
    this.#tools = tools;
    if (zeroconf && underSupervisor) {
      log.warn(
        "wyoming.zeroconf is ignored: the Supervisor announces add-ons, and twice would show two devices.",
      );
    } else if (zeroconf) this.#zeroconf = new ZeroconfAnnouncer({ host, clock, log });
    const all = { title: "Irene", port, voice, manifests: offered };
    this.#doors = [all, ...this.#ofSingleEngines()].map((offer) => this.#door(offer));
  }

  /** Tries each port once before it resolves; never rejects. */
  async open(): Promise<void> {
    await Promise.all(this.#doors.map((door) => door.open()));
  }

  async close(): Promise<void> {
    await Promise.all([this.#zeroconf?.close(), ...this.#doors.map((door) => door.close())]);
  }

  #ofSingleEngines(): readonly Offer[] {
    const { config, log, voice, offered } = this.#tools;
    return Object.entries(config.wyoming.extra_ports).flatMap(([engine, port]) => {
      const manifests = modelsNamed(offered, engine);
      const [first] = manifests;
      if (!first) {
        log.warn(`wyoming.extra_ports names ${engine}, which is no provider or model that can be used here.`);
        return [];
      }
      const title = engine === first.provider ? findProvider(engine)?.title : first.title;
      return {
        engine,
        title: `Irene ${title ?? engine}`,
        port: Number(port),
        voice: oneEngine(voice, engine, manifests),
        manifests,
      };
    });
  }

  #door({ engine, title, port, voice, manifests }: Offer): Door {
    const { config, clock, log, installId, onListening } = this.#tools;
    const {
      host,
      endpointing,
      max_connections: connections,
      max_audio_seconds: audioSeconds,
    } = config.wyoming;
    const server = new WyomingServer({
      voice,
      manifests: () => manifests,
      clock,
      log,
      options: {
        host,
        port,
        program: identity(title),
        endpointing,
        transcriptStreaming: manifests.some(streams),
        synthesizeStreaming: true,
        limits: { ...WYOMING_LIMITS, audioSeconds, connections, connectionsPerAddress: connections },
      },
    });
    const open = async () => {
      await server.start();
      log.info(
        engine === undefined
          ? `Wyoming listens on ${host}:${server.port}`
          : `${title} has a port of its own: ${host}:${server.port}`,
      );
      onListening({ name: engine ? `wyoming ${engine}` : "wyoming", address: host, port: server.port });
      const name = `irene-edge-${installId}${engine ? `-${engine.replaceAll("/", "-")}` : ""}`;
      // Takes seconds, as the name is first asked for; the port is open already.
      void this.#zeroconf?.announce({ name, port: server.port });
    };
    return new Door({ open, close: () => server.close(), clock, log });
  }
}

const streams = ({ capability, provider, params }: ModelManifest): boolean =>
  capability === "stt" && (findProvider(provider)?.streams?.(params) ?? false);

/** The program as peers see it. */
export const identity = (title: string): ProgramIdentity => ({
  asrName: title,
  ttsName: title,
  wakeName: title,
  version: VERSION,
  attribution: { name: "Irene Edge", url: "https://github.com/irene-edge/irene-edge" },
});
