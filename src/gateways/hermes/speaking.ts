import { randomUUID } from "node:crypto";
import { writeWav } from "../../audio/wav.js";
import { sleep } from "../../base/clock.js";
import { messageOf, SessionError, VoiceError } from "../../base/errors.js";
import { PLAY_FINISHED_FILTER, parsePlayFinished, playBytesTopic } from "../../protocol/hermes/audio.js";
import { sessionEnded } from "../../protocol/hermes/dialogue.js";
import { playError, ttsError } from "../../protocol/hermes/failure.js";
import { parseFields, present } from "../../protocol/hermes/fields.js";
import { isTopicPart } from "../../protocol/hermes/topic-part.js";
import { getVoices, type Say, say, sayFinished, voices } from "../../protocol/hermes/tts.js";
import type { Role, RoleParts } from "./role.js";

/** Texts that may wait for one site. */
const MAX_WAITING = 8;
const BYTES_PER_SAMPLE = 2;
/** How much longer than the sound itself a site of this program may take: it always says when it has played. */
const OWN_GRACE_MS = 20_000;

/** One site's texts, spoken one after the other. */
interface Queue {
  waiting: Say[];
  readonly stopping: AbortController;
  /** What is spoken now, and what ends just that. */
  current?: { readonly request: Say; readonly interrupt: AbortController };
}

/** The text-to-speech service: a text becomes one WAV file, played by the satellite before the next. */
export class Speaking implements Role {
  readonly #parts: RoleParts;
  readonly #queues = new Map<string, Queue>();
  /** Who waits for a satellite to have played something, by site and request. */
  readonly #playing = new Map<string, () => void>();
  #stops: (() => void)[] = [];

  constructor(parts: RoleParts) {
    this.#parts = parts;
  }

  start(): void {
    const { inbox, sites, offer, logger } = this.#parts;
    this.#stops = [
      inbox.on(say, (request) => this.#enqueue(request)),
      inbox.on(getVoices, (query) => inbox.send(voices, { ...query, voices: offer().voices })),
      inbox.onTopic(PLAY_FINISHED_FILTER, ({ topic, payload }) =>
        inbox.admitted(parsePlayFinished(topic, parseFields(payload)), ({ siteId, id }) =>
          this.#playing.get(playKey(siteId, id))?.(),
        ),
      ),
      inbox.on(playError, ({ siteId, error }) => {
        logger.warn(`A satellite cannot play: ${error}`, { satellite: siteId });
        for (const [key, giveUp] of [...this.#playing]) if (key.startsWith(playKey(siteId, ""))) giveUp();
      }),
      // A person who interrupts does not want to hear the rest.
      inbox.on(sessionEnded, ({ siteId, sessionId, termination }) => {
        if (termination.reason === "abortedByUser") this.#dropSession(siteId, sessionId);
      }),
      sites.onForgotten((siteId) => this.#queues.get(siteId)?.stopping.abort()),
    ];
  }

  close(): void {
    for (const stop of this.#stops.splice(0)) stop();
    for (const { stopping } of this.#queues.values()) stopping.abort();
  }

  #enqueue(request: Say): void {
    const { siteId } = request;
    const queue = this.#queues.get(siteId);
    if (queue && queue.waiting.length >= MAX_WAITING) {
      this.#fail(request, new SessionError("busy", "Too many texts wait to be spoken there already"));
      this.#finished(request);
    } else if (queue) queue.waiting.push(request);
    else {
      const started: Queue = { waiting: [request], stopping: new AbortController() };
      this.#queues.set(siteId, started);
      void this.#work(siteId, started);
    }
  }

  async #work(siteId: string, queue: Queue): Promise<void> {
    const { stopping } = queue;
    for (let next = queue.waiting.shift(); next && !stopping.signal.aborted; next = queue.waiting.shift()) {
      const interrupt = new AbortController();
      queue.current = { request: next, interrupt };
      const signal = AbortSignal.any([stopping.signal, interrupt.signal]);
      try {
        await this.#speak(next, signal);
      } catch (error) {
        if (!signal.aborted) this.#fail(next, error);
      }
      if (!stopping.signal.aborted) this.#finished(next);
    }
    this.#queues.delete(siteId);
  }

  #dropSession(siteId: string, sessionId: string): void {
    const queue = this.#queues.get(siteId);
    if (!queue) return;
    queue.waiting = queue.waiting.filter((each) => each.sessionId !== sessionId);
    if (queue.current?.request.sessionId === sessionId) queue.current.interrupt.abort();
  }

  async #speak(request: Say, signal: AbortSignal): Promise<void> {
    const { audio, options } = this.#parts;
    const { siteId, id } = request;
    const sound = await this.#synthesize(request, signal);
    if (!sound || signal.aborted) return;
    const requestId = id !== undefined && isTopicPart(id) ? id : randomUUID();
    const graceMs = options.ownSite?.siteId === siteId ? OWN_GRACE_MS : options.playGraceMs;
    const played = this.#played(siteId, requestId, sound.seconds * 1_000 + graceMs, signal);
    const topic = playBytesTopic(siteId, requestId);
    const outcome = await audio.publish({ topic, payload: sound.wav, qos: 0 });
    if (outcome === "delivered") await played.done;
    else {
      played.giveUp();
      throw new SessionError("busy", "The sound could not be sent: the MQTT broker is away or too slow");
    }
  }

  /** The text as a WAV file with the 44-byte header small satellites count on; undefined when there is no sound in it. */
  async #synthesize(
    { text, siteId, lang, volume }: Say,
    signal: AbortSignal,
  ): Promise<{ readonly wav: Uint8Array; readonly seconds: number } | undefined> {
    const { voices: sessions, options } = this.#parts;
    if (text.trim() === "") return undefined;
    const session = sessions.synthesize({
      origin: { gateway: "hermes", peer: siteId },
      text,
      rateHz: options.playRateHz,
      ...(lang !== undefined && { language: lang }),
    });
    const cancel = () => session.cancel();
    signal.addEventListener("abort", cancel, { once: true });
    // Asked for below; a failure before that is reported by the sound itself.
    session.format.catch(() => undefined);
    try {
      const maxBytes = options.maxSpeechSeconds * options.playRateHz * BYTES_PER_SAMPLE;
      const pieces: Uint8Array[] = [];
      let bytes = 0;
      for await (const piece of session.audio) {
        bytes += piece.length;
        if (bytes > maxBytes) {
          throw new SessionError(
            "too-long",
            `The text takes more than ${options.maxSpeechSeconds} s to speak`,
          );
        }
        pieces.push(piece);
      }
      if (bytes === 0) return undefined;
      const format = await session.format;
      const pcm = withVolume(Buffer.concat(pieces), volume);
      const seconds = bytes / (format.rateHz * BYTES_PER_SAMPLE);
      return { wav: writeWav({ ...format, widthBytes: BYTES_PER_SAMPLE, channels: 1 }, pcm), seconds };
    } finally {
      signal.removeEventListener("abort", cancel);
    }
  }

  /** Waits for the satellite to say that it has played, or for as long as it can take. */
  #played(siteId: string, requestId: string, limitMs: number, signal: AbortSignal) {
    const key = playKey(siteId, requestId);
    const over = new AbortController();
    const giveUp = () => over.abort();
    this.#playing.set(key, giveUp);
    signal.addEventListener("abort", giveUp, { once: true });
    const done = sleep(this.#parts.clock, limitMs, over.signal)
      .catch(() => undefined)
      .finally(() => {
        signal.removeEventListener("abort", giveUp);
        this.#playing.delete(key);
      });
    return { done, giveUp };
  }

  #finished({ siteId, id, sessionId }: Say): void {
    this.#parts.inbox.send(sayFinished, { siteId, ...present({ id, sessionId }) });
  }

  #fail({ siteId, sessionId }: Say, error: unknown): void {
    this.#parts.logger.warn(`A text was not spoken: ${messageOf(error)}`, { satellite: siteId });
    const context = error instanceof VoiceError ? error.code : "internal";
    this.#parts.inbox.send(ttsError, { error: messageOf(error), siteId, context, ...present({ sessionId }) });
  }
}

function playKey(siteId: string, requestId: string): string {
  return `${siteId}/${requestId}`;
}

/** The samples made quieter. @param volume 0 to 1; absent leaves them as they are */
function withVolume(pcm: Buffer, volume: number | undefined): Uint8Array {
  if (volume === undefined || volume === 1) return pcm;
  const quieter = Buffer.alloc(pcm.length);
  for (let at = 0; at + 1 < pcm.length; at += BYTES_PER_SAMPLE) {
    quieter.writeInt16LE(Math.round(pcm.readInt16LE(at) * volume), at);
  }
  return quieter;
}
