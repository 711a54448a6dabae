import type { Timer } from "../../base/clock.js";
import { messageOf, VoiceError } from "../../base/errors.js";
import type { WakeHit } from "../../engines/capability.js";
import type { FrameSource } from "../../protocol/hermes/audio.js";
import { hotwordError } from "../../protocol/hermes/failure.js";
import {
  encodeDetected,
  getHotwords,
  hotwords,
  hotwordToggleOff,
  hotwordToggleOn,
} from "../../protocol/hermes/hotword.js";
import { REASON, type Toggle, withToggle } from "../../protocol/hermes/toggle.js";
import { isTopicPart } from "../../protocol/hermes/topic-part.js";
import type { WakeSession } from "../../sessions/voice.js";
import type { AudioFrame } from "./audio-frame.js";
import type { Role, RoleParts } from "./role.js";
import { slugOfWord } from "./slug-of-word.js";

/** A site that was woken does not listen for as long, unless a dialogue has taken over by then. */
const AFTER_DETECTION_MS = 5_000;
/** A stream without sound for so long is closed: it holds a place in the wake engine. */
const IDLE_MS = 30_000;
/** Time before a stream that failed is opened again. */
const AFTER_ERROR_MS = 10_000;
/** Our own reasons not to listen; nobody else uses them. */
const OWN = { detected: "irene:detected", failed: "irene:failed" } as const;

/** The wake word service: listens to the sound of every site that is not switched off. */
export class Waking implements Role {
  readonly #parts: RoleParts;
  readonly #streams = new Map<string, { readonly session: WakeSession; idle: Timer }>();
  readonly #muted = new Map<string, ReadonlySet<string>>();
  /** Ends of our own pauses, by site and reason. */
  readonly #timers = new Map<string, Timer>();
  #stops: (() => void)[] = [];

  constructor(parts: RoleParts) {
    this.#parts = parts;
  }

  start(): void {
    const { inbox, intake, sites, offer, hearsWakeWords, logger } = this.#parts;
    if (hearsWakeWords()) intake.listenToAll((source, frame) => this.#hear(source, frame));
    else logger.debug("No wake word is chosen: satellites are not listened to until they begin a session.");
    this.#stops = [
      inbox.on(hotwordToggleOn, (toggle) => this.#toggle(toggle, true)),
      inbox.on(hotwordToggleOff, (toggle) => this.#toggle(toggle, false)),
      inbox.on(getHotwords, (query) => inbox.send(hotwords, { ...query, models: offer().hotwords })),
      // What was switched off may have been switched on while nobody could tell us: better deaf to a switch than for good.
      inbox.onReconnect(() => this.#muted.clear()),
      sites.onForgotten((siteId) => {
        this.#closeStream(siteId);
        this.#muted.delete(siteId);
        for (const reason of Object.values(OWN)) this.#cancelTimer(`${siteId}/${reason}`);
      }),
    ];
  }

  close(): void {
    for (const stop of this.#stops.splice(0)) stop();
    for (const siteId of [...this.#streams.keys()]) this.#closeStream(siteId);
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
  }

  #hear({ siteId, sessionId }: FrameSource, { format, pcm }: AudioFrame): void {
    // Sound for one session is the command, not the wake word.
    if (sessionId !== undefined || this.#muted.has(siteId)) return;
    try {
      this.#streamOf(siteId).accept(format, pcm);
    } catch (error) {
      this.#fail(siteId, error);
    }
  }

  #streamOf(siteId: string): WakeSession {
    const { voices, options, clock } = this.#parts;
    const idle = clock.after(IDLE_MS, () => this.#closeStream(siteId));
    const open = this.#streams.get(siteId);
    if (open) {
      open.idle.cancel();
      open.idle = idle;
      return open.session;
    }
    const session: WakeSession = voices.detectWake({
      origin: { gateway: "hermes", peer: siteId },
      words: options.wakeWords,
      onDetection: (hit) => this.#detect(siteId, session, hit),
      onError: (error) => {
        if (this.#streams.get(siteId)?.session === session) this.#fail(siteId, error);
      },
    });
    this.#streams.set(siteId, { session, idle });
    return session;
  }

  #detect(siteId: string, session: WakeSession, { word, score }: WakeHit): void {
    // A late word from a stream that is closed already.
    if (this.#streams.get(siteId)?.session !== session) return;
    const { inbox, logger } = this.#parts;
    this.#mute(siteId, OWN.detected, AFTER_DETECTION_MS);
    logger.info(`Heard ${word}`, { satellite: siteId, score });
    const wakewordId = isTopicPart(word) ? word : slugOfWord(word);
    inbox.sendEncoded(
      encodeDetected({
        wakewordId,
        modelId: word,
        modelVersion: "",
        modelType: "universal",
        currentSensitivity: 1,
        siteId,
      }),
    );
  }

  #toggle({ siteId, reason }: Toggle, on: boolean): void {
    // A dialogue has taken over, or somebody wants all of it on: our own pause is of no use any more.
    const takesOver = reason === "" || reason === REASON.dialogue;
    const own = takesOver ? this.#without(siteId, OWN.detected) : this.#reasons(siteId);
    this.#set(siteId, withToggle(own, on, reason));
  }

  #fail(siteId: string, error: unknown): void {
    const { inbox, logger } = this.#parts;
    this.#mute(siteId, OWN.failed, AFTER_ERROR_MS);
    logger.warn(`Wake words are not heard at a satellite: ${messageOf(error)}`, { satellite: siteId });
    const context = error instanceof VoiceError ? error.code : "internal";
    inbox.send(hotwordError, { error: messageOf(error), siteId, context });
  }

  #mute(siteId: string, reason: string, forMs: number): void {
    this.#set(siteId, withToggle(this.#reasons(siteId), false, reason));
    const key = `${siteId}/${reason}`;
    this.#cancelTimer(key);
    this.#timers.set(
      key,
      this.#parts.clock.after(forMs, () => {
        this.#timers.delete(key);
        this.#set(siteId, this.#without(siteId, reason));
      }),
    );
  }

  #cancelTimer(key: string): void {
    this.#timers.get(key)?.cancel();
    this.#timers.delete(key);
  }

  #set(siteId: string, reasons: ReadonlySet<string>): void {
    if (reasons.size === 0) this.#muted.delete(siteId);
    else {
      this.#muted.set(siteId, reasons);
      this.#closeStream(siteId);
    }
  }

  #reasons(siteId: string): ReadonlySet<string> {
    return this.#muted.get(siteId) ?? new Set();
  }

  #without(siteId: string, reason: string): ReadonlySet<string> {
    return new Set([...this.#reasons(siteId)].filter((each) => each !== reason));
  }

  #closeStream(siteId: string): void {
    const open = this.#streams.get(siteId);
    this.#streams.delete(siteId);
    open?.idle.cancel();
    open?.session.close();
  }
}
