import type { Clock } from "../../base/clock.js";
import type { Logger } from "../../base/logger.js";
import type { MqttPort } from "../../base/mqtt-port.js";
import type { Hotword } from "../../protocol/hermes/hotword.js";
import type { Voice } from "../../protocol/hermes/tts.js";
import type { VoiceSessions } from "../../sessions/voice.js";
import type { AudioIntake } from "./audio-intake.js";
import type { Inbox } from "./inbox.js";
import type { HermesOptions } from "./options.js";
import type { Sites } from "./sites.js";

/** Something to get ready before it is asked for. Never throws; errors show in the model's state only. */
export interface Prefetch {
  /** @param language absent: the configured default */
  prefetchStt(language: string | undefined): void;
  prefetchTts(language: string | undefined): void;
}

/** What may be asked for over this protocol. */
export interface HermesOffer {
  readonly voices: readonly Voice[];
  readonly hotwords: readonly Hotword[];
}

/** What the services of the bridge share. */
export interface RoleParts {
  readonly inbox: Inbox;
  readonly intake: AudioIntake;
  readonly sites: Sites;
  /** Connection for sound. */
  readonly audio: MqttPort;
  readonly voices: VoiceSessions;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly options: HermesOptions;
  readonly prefetch: Prefetch;
  readonly offer: () => HermesOffer;
  /** Whether any wake word can be heard at all; without, the sound of satellites is not even asked for. */
  readonly hearsWakeWords: () => boolean;
}

/** One of the protocol's services. Each speaks to the others over the broker only, so any of them can be elsewhere. */
export interface Role {
  start(): void;
  /** Gives up what is under way. */
  close(): void;
}
