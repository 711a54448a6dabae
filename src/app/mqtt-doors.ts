import type { Clock } from "../base/clock.js";
import { messageOf } from "../base/errors.js";
import type { Logger } from "../base/logger.js";
import type { Config } from "../config/schema.js";
import { CommandListener } from "../gateways/discovery/commands.js";
import type { VoiceEvent } from "../gateways/discovery/event-entities.js";
import { DISCOVERY_DEFAULTS, type DiscoveryOptions } from "../gateways/discovery/options.js";
import { DiscoveryPublisher } from "../gateways/discovery/publisher.js";
import { HermesBridge } from "../gateways/hermes/bridge.js";
import type { Conversation } from "../gateways/hermes/dialogues.js";
import { HERMES_DEFAULTS } from "../gateways/hermes/options.js";
import { BrokerLink } from "../gateways/mqtt/broker-link.js";
import { EmbeddedBroker } from "../gateways/mqtt/embedded-broker.js";
import type { BrokerEndpoint } from "../gateways/mqtt/endpoint.js";
import { mqttService } from "../gateways/supervisor/mqtt-service.js";
import type { ListenerSnapshot } from "../sessions/snapshot.js";
import type { Origin } from "../sessions/voice.js";
import { HomeAssistantConversation } from "./conversation.js";
import type { Core, CoreParts } from "./core.js";
import { hermesOffer } from "./hermes-offer.js";
import { supervisorAddress } from "./supervisor-address.js";
import { supervisorApi } from "./supervisor-door.js";

interface Surroundings {
  readonly endpoint: () => Promise<BrokerEndpoint>;
  readonly broker?: EmbeddedBroker;
  readonly conversation: Conversation | undefined;
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
  static async open(parts: CoreParts, core: Core, underSupervisor: boolean): Promise<MqttDoors | undefined> {
    const { config, env, log } = parts;
    if (!config.mqtt.enabled) return undefined;
    const { url, username, password, host, port } = config.mqtt;
    const named = { url, ...(username ? { username } : {}), ...(password ? { password } : {}) };
    const conversation = conversationOf(config, underSupervisor ? supervisorAddress(env) : undefined, log);
    if (url !== "") return new MqttDoors(parts, core, { endpoint: async () => named, conversation });
    if (underSupervisor) {
      const api = supervisorApi(env);
      return new MqttDoors(parts, core, { endpoint: () => mqttService(api), conversation });
    }
    try {
      const credentials = username ? { credentials: { username, password } } : {};
      const broker = await EmbeddedBroker.start({ host, port, ...credentials }, log);
      const endpoint = async () => ({ ...named, url: broker.url });
      return new MqttDoors(parts, core, { endpoint, broker, conversation });
    } catch (error) {
      log.error(`MQTT is off: ${messageOf(error)}`);
      return undefined;
    }
  }

  private constructor(
    { config, clock, log }: CoreParts,
    core: Core,
    { endpoint, broker, conversation }: Surroundings,
  ) {
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
    const hermes = config.hermes.enabled
      ? this.#openHermes(config, core, clock, log, conversation)
      : undefined;
    this.#hermes = hermes;
    if (hermes) core.setSites(() => hermes.sites());
    this.#commands = config.mqtt.controls
      ? new CommandListener(options, {
          port: this.#link.control,
          source: core.snapshots,
          controls: core.steer(hermes),
          logger: log,
          announce: (event) => this.#publisher.announce(event),
        })
      : undefined;
    this.#stops = [
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
    this.#hermes?.start();
    this.#commands?.start();
    this.#link.start();
  }

  #openHermes(
    { hermes, language }: Config,
    core: Core,
    clock: Clock,
    logger: Logger,
    conversation: Conversation | undefined,
  ): HermesBridge {
    return new HermesBridge(
      { ...HERMES_DEFAULTS, sites: hermes.sites, wakeWords: hermes.wake_words, wakeSound: hermes.wake_sound },
      {
        control: this.#link.control,
        audio: this.#link.audio,
        voices: core.voice,
        clock,
        logger,
        ...(conversation && { conversation }),
        prefetch: {
          prefetchStt: (asked) => core.prefetch("stt", asked ?? language),
          prefetchTts: (asked) => core.prefetch("tts", asked ?? language),
        },
        offer: () => hermesOffer(core.offered),
        hearsWakeWords: (words) => core.ladder.hearing(words).length > 0,
      },
    );
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

/** Who answers what is said at satellites; undefined leaves it to others on the broker. */
function conversationOf(
  { hermes: { enabled, conversation } }: Config,
  supervisor: { readonly url: string; readonly token: string } | undefined,
  log: Logger,
): Conversation | undefined {
  if (!enabled || conversation === "none") return undefined;
  if (supervisor) return new HomeAssistantConversation(supervisor);
  if (conversation === "home_assistant")
    log.warn(
      "hermes.conversation is home_assistant, which works inside an add-on only: what is said goes to hermes/nlu/query.",
    );
  return undefined;
}
