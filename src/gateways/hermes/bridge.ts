import { randomUUID } from "node:crypto";
import type { Clock } from "../../base/clock.js";
import { withDeadline } from "../../base/deadline.js";
import { SessionError } from "../../base/errors.js";
import type { Logger } from "../../base/logger.js";
import type { MqttPort } from "../../base/mqtt-port.js";
import { setVolume } from "../../protocol/hermes/audio.js";
import { isTopicPart } from "../../protocol/hermes/topic-part.js";
import { say, sayFinished } from "../../protocol/hermes/tts.js";
import type { VoiceSessions } from "../../sessions/voice.js";
import { AudioIntake } from "./audio-intake.js";
import { type Conversation, Dialogues } from "./dialogues.js";
import { Inbox } from "./inbox.js";
import { Listening } from "./listening.js";
import type { HermesOptions } from "./options.js";
import { RawAudio } from "./raw-audio.js";
import type { HermesOffer, Prefetch, Role, RoleParts } from "./role.js";
import { Sites } from "./sites.js";
import { Speaking } from "./speaking.js";
import { type HermesTally, Tally } from "./tally.js";
import { Waking } from "./waking.js";

export interface HermesBridgeParts {
  /** Connection for messages. */
  readonly control: MqttPort;
  /** Connection for sound; may be the same. */
  readonly audio: MqttPort;
  readonly voices: VoiceSessions;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly prefetch?: Prefetch;
  /** What there is to choose from, asked for every time. */
  readonly offer?: () => HermesOffer;
  /** Whether any of these wake words can be heard; no words stand for those configured. True unless told. */
  readonly hearsWakeWords?: (words: readonly string[]) => boolean;
  /** Answers what is said; without it the text goes to `hermes/nlu/query` for somebody else. */
  readonly conversation?: Conversation;
}

/** Longest wait for an announcement, those before it included. */
const ANNOUNCEMENT_MS = 180_000;

/**
 * Serves satellites that speak Hermes, the protocol of Snips and Rhasspy 2.5, over MQTT.
 * @see https://rhasspy.readthedocs.io/en/latest/reference/#mqtt-api
 */
export class HermesBridge {
  readonly #parts: HermesBridgeParts;
  readonly #inbox: Inbox;
  readonly #intake: AudioIntake;
  readonly #sites: Sites;
  readonly #tally: Tally;
  readonly #roles: readonly Role[];
  readonly #dialogues: Dialogues | undefined;
  #isOpen = false;

  constructor(options: HermesOptions, parts: HermesBridgeParts) {
    const { control, audio, voices, clock, logger, prefetch, offer, conversation } = parts;
    this.#parts = parts;
    this.#sites = new Sites(options, clock);
    this.#tally = new Tally(logger);
    this.#inbox = new Inbox(control, this.#sites, this.#tally);
    this.#intake = new AudioIntake(audio, this.#sites, this.#tally, options.rawTopic);
    const shared: RoleParts = {
      inbox: this.#inbox,
      intake: this.#intake,
      sites: this.#sites,
      audio,
      voices,
      clock,
      logger,
      options,
      prefetch: prefetch ?? { prefetchStt: () => undefined, prefetchTts: () => undefined },
      offer: offer ?? (() => ({ voices: [], hotwords: [] })),
      hearsWakeWords: () => parts.hearsWakeWords?.(options.wakeWords) ?? true,
    };
    const { roles } = options;
    this.#dialogues = roles.dialogue ? new Dialogues(shared, conversation) : undefined;
    this.#roles = [
      // First, since it asks for the sound of all sites at once.
      ...(roles.hotword ? [new Waking(shared)] : []),
      new RawAudio(shared),
      ...(roles.asr ? [new Listening(shared)] : []),
      ...(roles.tts ? [new Speaking(shared)] : []),
      ...(this.#dialogues ? [this.#dialogues] : []),
    ];
  }

  start(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    for (const role of this.#roles) role.start();
  }

  /** Gives up what is under way. Idempotent. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    for (const role of this.#roles) role.close();
    this.#intake.close();
  }

  /** Names of the satellites heard of. */
  sites(): readonly string[] {
    return this.#sites.names();
  }

  tally(): HermesTally {
    return this.#tally.counts();
  }

  /**
   * Speaks a text on a site; resolves when it was spoken.
   * @throws {SessionError} `busy` when it could not be spoken, `deadline` when nobody said that it was
   */
  async announce(siteId: string, text: string, language?: string): Promise<void> {
    if (!isTopicPart(siteId) || !this.#sites.admit(siteId)) {
      throw new SessionError(
        "busy",
        `There is no satellite ${JSON.stringify(siteId.slice(0, 64))} to speak on`,
      );
    }
    const { spoken, giveUp } = this.#speak(siteId, text, language);
    const late = () =>
      new SessionError("deadline", `Satellite ${siteId} did not speak the announcement in time`);
    try {
      if (await withDeadline(spoken, { clock: this.#parts.clock, limitMs: ANNOUNCEMENT_MS, late })) return;
    } finally {
      giveUp();
    }
    throw new SessionError("busy", `Satellite ${siteId} was interrupted or has too much to say already`);
  }

  /** Tells a satellite how loud to play. @param volume 0 to 1 */
  setVolume(siteId: string, volume: number): void {
    this.#inbox.send(setVolume, { siteId, volume });
  }

  #speak(siteId: string, text: string, language: string | undefined) {
    if (this.#dialogues) {
      const spoken = this.#dialogues.notify(siteId, text, language).then((reason) => reason === "nominal");
      return { spoken, giveUp: () => undefined };
    }
    // The dialogues are somebody else's: say it whatever goes on there.
    const id = randomUUID();
    let giveUp: () => void = () => undefined;
    const spoken = new Promise<boolean>((resolve) => {
      giveUp = this.#inbox.on(sayFinished, (finished) => {
        if (finished.id === id && finished.siteId === siteId) resolve(true);
      });
    });
    this.#inbox.send(say, { text, siteId, id, ...(language !== undefined && { lang: language }) });
    return { spoken, giveUp };
  }
}
