import type { Logger } from "../base/logger.js";
import type { MqttPort } from "../base/mqtt-port.js";
import type { Config } from "../config/schema.js";
import { HermesBridge } from "../gateways/hermes/bridge.js";
import type { Conversation } from "../gateways/hermes/dialogues.js";
import { HERMES_DEFAULTS, type HermesOptions } from "../gateways/hermes/options.js";
import { HomeAssistantConversation } from "./conversation.js";
import type { Core, CoreParts } from "./core.js";
import { hermesOffer } from "./hermes-offer.js";

/** The services that lead dialogues at satellites, on the connections given. */
export function openHermes(
  { config, clock, log }: CoreParts,
  core: Core,
  {
    control,
    audio,
    conversation,
    options,
  }: {
    readonly control: MqttPort;
    readonly audio: MqttPort;
    readonly conversation: Conversation | undefined;
    readonly options: Pick<HermesOptions, "sites" | "wakeWords"> & Partial<HermesOptions>;
  },
): HermesBridge {
  const { language, mqtt } = config;
  return new HermesBridge(
    { ...HERMES_DEFAULTS, rawTopic: `${mqtt.base_topic}/audio`, ...options },
    {
      control,
      audio,
      voices: core.voice,
      clock,
      logger: log,
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

/** Who answers what is said at satellites; undefined leaves it to others on the broker. */
export function conversationOf(
  { hermes: { enabled, conversation }, local_audio: board }: Config,
  supervisor: { readonly url: string; readonly token: string } | undefined,
  log: Logger,
): Conversation | undefined {
  if ((!enabled && !board.enabled) || conversation === "none") return undefined;
  if (supervisor) return new HomeAssistantConversation(supervisor);
  if (conversation === "home_assistant")
    log.warn(
      "hermes.conversation is home_assistant, which works inside an add-on only: what is said goes to hermes/nlu/query.",
    );
  return undefined;
}

/** For a board that nobody else hears: what was said is published as text, and that is all. */
export const WORDLESS: Conversation = { ask: () => Promise.resolve({ text: "" }) };
