import { messageOf } from "../base/errors.js";
import type { MqttPort } from "../base/mqtt-port.js";
import { CommandListener } from "../gateways/discovery/commands.js";
import type { VoiceEvent } from "../gateways/discovery/event-entities.js";
import { DISCOVERY_DEFAULTS, type DiscoveryOptions } from "../gateways/discovery/options.js";
import { DiscoveryPublisher } from "../gateways/discovery/publisher.js";
import { topicsOf } from "../gateways/discovery/topics.js";
import type { HermesBridge } from "../gateways/hermes/bridge.js";
import type { Conversation } from "../gateways/hermes/dialogues.js";
import { BrokerLink } from "../gateways/mqtt/broker-link.js";
import { EmbeddedBroker } from "../gateways/mqtt/embedded-broker.js";
import type { BrokerEndpoint } from "../gateways/mqtt/endpoint.js";
import { mqttService } from "../gateways/supervisor/mqtt-service.js";
import type { ListenerSnapshot } from "../sessions/snapshot.js";
import type { Origin } from "../sessions/voice.js";
import type { BoardDoors } from "./board-doors.js";
import type { Core, CoreParts } from "./core.js";
import { openHermes } from "./hermes-services.js";
import { supervisorApi } from "./supervisor-door.js";

interface Surroundings {
  readonly endpoint: () => Promise<BrokerEndpoint>;
  readonly broker?: EmbeddedBroker;
}

/** Who takes part in what goes over MQTT. */
export interface MqttCompany {
  /** Who answers what is said at satellites; undefined leaves it to others on the broker. */
  readonly conversation: Conversation | undefined;
  /** The machine's own microphone and speaker, where they are used. */
  readonly board: BoardDoors | undefined;
}

/** The connection to a broker, the broker itself where there is no other, and what is published over it. */
export class MqttDoors {
  readonly listener: ListenerSnapshot | undefined;
  readonly #broker: EmbeddedBroker | undefined;
  readonly #link: BrokerLink;
  readonly #publisher: DiscoveryPublisher;
  readonly #hermes: HermesBridge | undefined;
  readonly #commands: CommandListener | undefined;
  readonly #stops: readonly (() => void)[];

  /** Never rejects: voice works without MQTT. */
  static async open(
    parts: CoreParts,
    core: Core,
    underSupervisor: boolean,
    company: MqttCompany,
  ): Promise<MqttDoors | undefined> {
    const { config, env, log } = parts;
    if (!config.mqtt.enabled) return undefined;
    const { url, username, password, host, port } = config.mqtt;
    const named = { url, ...(username ? { username } : {}), ...(password ? { password } : {}) };
    if (url !== "") return new MqttDoors(parts, core, { endpoint: async () => named }, company);
    if (underSupervisor) {
      const api = supervisorApi(env);
      return new MqttDoors(parts, core, { endpoint: () => mqttService(api) }, company);
    }
    try {
      const credentials = username ? { credentials: { username, password } } : {};
      const broker = await EmbeddedBroker.start({ host, port, ...credentials }, log);
      const endpoint = async () => ({ ...named, url: broker.url });
      return new MqttDoors(parts, core, { endpoint, broker }, company);
    } catch (error) {
      log.error(`MQTT is off: ${messageOf(error)}`);
      return undefined;
    }
  }

  private constructor(
    parts: CoreParts,
    core: Core,
    { endpoint, broker }: Surroundings,
    company: MqttCompany,
  ) {
    const { config, clock, log } = parts;
    const { base_topic: baseTopic, discovery_prefix: discoveryPrefix } = config.mqtt;
    this.#broker = broker;
    this.listener = broker ? { name: "mqtt", address: broker.host, port: broker.port } : undefined;
    this.#link = new BrokerLink(
      { endpoint, baseTopic, installId: core.installId, audio: config.hermes.enabled },
      { clock, logger: log },
    );
    const options: DiscoveryOptions = {
      ...DISCOVERY_DEFAULTS,
      baseTopic,
      discoveryPrefix,
      textEvents: config.mqtt.text_events,
      controls: config.mqtt.controls,
    };
    this.#publisher = new DiscoveryPublisher(options, {
      port: this.#link.control,
      source: core.snapshots,
      clock,
      logger: log,
    });
    const { board } = company;
    this.#hermes = config.hermes.enabled ? this.#openHermes(parts, core, company) : undefined;
    const satellites = this.#hermes ?? board?.listenAlone(company.conversation);
    if (satellites) {
      const own = board ? [board.ownSite.siteId] : [];
      core.setSites(() => [...new Set([...satellites.sites(), ...own])].sort());
    }
    this.#commands = config.mqtt.controls
      ? new CommandListener(options, {
          port: this.#link.control,
          source: core.snapshots,
          controls: core.steer(satellites, board?.board),
          logger: log,
          announce: (event) => this.#publisher.announce(event),
        })
      : undefined;
    this.#stops = [
      ...(board ? [showState(board, this.#link.control, topicsOf(core.installId, options).boardState)] : []),
      core.heard.on("text", ({ origin, text, language, model }) =>
        this.#publisher.announce({
          kind: "text",
          text,
          model,
          ...(language && { language }),
          ...placeOf(origin),
        }),
      ),
      core.heard.on("wake", ({ origin, word, score }) =>
        this.#publisher.announce({ kind: "wake", word, score, ...placeOf(origin) }),
      ),
    ];
    this.#publisher.start();
    if (this.#hermes) {
      this.#hermes.start();
      board?.listen(this.#link.control);
    }
    this.#commands?.start();
    this.#link.start();
  }

  /** On the broker, with the board among the satellites where there is one. */
  #openHermes(parts: CoreParts, core: Core, { conversation, board }: MqttCompany): HermesBridge {
    const { sites, wake_words: wakeWords, wake_sound: wakeSound } = parts.config.hermes;
    const { control, audio } = this.#link;
    if (!board)
      return openHermes(parts, core, {
        control,
        audio,
        conversation,
        options: { sites, wakeWords, wakeSound },
      });
    const { ownSite } = board;
    return openHermes(parts, core, {
      control: board.joined(control),
      audio: board.joined(audio),
      conversation,
      options: { sites: sites.length > 0 ? [...sites, ownSite.siteId] : [], wakeWords, wakeSound, ownSite },
    });
  }

  /** Says `offline` before it goes. */
  async close(): Promise<void> {
    for (const stop of this.#stops) stop();
    this.#commands?.close();
    this.#hermes?.close();
    this.#publisher.close();
    await this.#link.close();
    await this.#broker?.close();
  }
}

/** Where it was heard: a satellite has a name, others an address. */
function placeOf({ gateway, peer }: Origin): Pick<VoiceEvent, "gateway" | "site" | "peer"> {
  if (peer === undefined) return { gateway };
  return gateway === "hermes" || gateway === "microphone" ? { gateway, site: peer } : { gateway, peer };
}

/** Keeps a topic at what the board is at: one plain word, at once, for lights. @returns what ends it */
function showState({ board }: BoardDoors, port: MqttPort, topic: string): () => void {
  let state = "";
  const publish = () => void port.publish({ topic, payload: state, qos: 1, retain: true });
  const stops = [
    board.onState((next) => {
      state = next;
      publish();
    }),
    port.onConnect(publish),
  ];
  return () => {
    for (const stop of stops) stop();
    // A light must not go on showing what nobody does.
    state = "";
    publish();
  };
}
