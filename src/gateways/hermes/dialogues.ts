import { randomBytes, randomUUID } from "node:crypto";
import type { Timer } from "../../base/clock.js";
import { messageOf } from "../../base/errors.js";
import { textCaptured } from "../../protocol/hermes/asr.js";
import { PLAY_FINISHED_FILTER, parsePlayFinished, playBytesTopic } from "../../protocol/hermes/audio.js";
import {
  continueSession,
  endSession,
  nluNotRecognized,
  startSession,
  type Termination,
} from "../../protocol/hermes/dialogue.js";
import { asrError } from "../../protocol/hermes/failure.js";
import { parseFields } from "../../protocol/hermes/fields.js";
import { DETECTED_FILTER, decodeDetected } from "../../protocol/hermes/hotword.js";
import { sayFinished } from "../../protocol/hermes/tts.js";
import { CHIME_MS, chimeWav } from "./chime.js";
import {
  type DialogueEffect,
  type DialogueInput,
  type DialogueRules,
  type DialogueSession,
  type DialogueState,
  noDialogues,
  step,
} from "./dialogue.js";
import type { Role, RoleParts } from "./role.js";

/** Works out what to answer: Home Assistant's conversation, or anything else that takes a text. */
export interface Conversation {
  /**
   * @returns the answer to be spoken; an empty text says nothing
   * @throws whatever stood in the way; its message is reported
   */
  ask(
    question: {
      readonly text: string;
      readonly language?: string;
      readonly siteId: string;
      /** The same for all questions of one dialogue. */
      readonly dialogueId: string;
    },
    signal: AbortSignal,
  ): Promise<{ readonly text: string; readonly language?: string }>;
}

/** Characters a second of slow speech, for how long to wait for its end. */
const CHARACTERS_PER_SECOND = 8;
const LEAST_SAY_MS = 10_000;
const MAX_QUEUED = 8;

/** The dialogue manager at work: takes messages in, does what follows. */
export class Dialogues implements Role {
  readonly #parts: RoleParts;
  readonly #conversation: Conversation | undefined;
  readonly #rules: DialogueRules;
  readonly #timers = new Map<string, Timer>();
  readonly #questions = new Map<string, AbortController>();
  readonly #watchers = new Map<string, (reason: Termination) => void>();
  #state: DialogueState = noDialogues(randomBytes(4).toString("hex"));
  #stops: (() => void)[] = [];

  constructor(parts: RoleParts, conversation: Conversation | undefined) {
    const { ownSite } = parts.options;
    this.#parts = parts;
    this.#conversation = conversation;
    this.#rules = {
      answers: conversation !== undefined,
      stageMs: parts.options.stageMs,
      sayMs: (text) => Math.max(LEAST_SAY_MS, (text.length / CHARACTERS_PER_SECOND) * 1_000),
      groupSeparator: parts.options.groupSeparator,
      maxQueued: MAX_QUEUED,
      chimesItself: (siteId) => ownSite?.siteId === siteId,
      bargeIn: (siteId) => ownSite?.bargeIn === true && ownSite.siteId === siteId,
      chimeMs: parts.options.wakeSound ? CHIME_MS + parts.options.playGraceMs : undefined,
    };
  }

  start(): void {
    const { inbox } = this.#parts;
    this.#stops = [
      inbox.onTopic(DETECTED_FILTER, ({ topic, payload }) =>
        inbox.admitted(decodeDetected(topic, payload), (detected) =>
          this.#take({ type: "detected", detected, newId: randomUUID() }),
        ),
      ),
      inbox.on(startSession, (request) => this.#take({ type: "start", request, newId: randomUUID() })),
      inbox.on(continueSession, (request) => this.#take({ type: "continue", request })),
      inbox.on(endSession, (request) => this.#take({ type: "end", request })),
      inbox.on(textCaptured, (captured) => this.#take({ type: "captured", captured })),
      inbox.on(asrError, (failure) => this.#take({ type: "asr-failed", failure })),
      inbox.on(sayFinished, (finished) => this.#take({ type: "said", finished })),
      inbox.onReconnect(() => this.#take({ type: "interrupted" })),
      inbox.onTopic(PLAY_FINISHED_FILTER, ({ topic, payload }) =>
        inbox.admitted(parsePlayFinished(topic, parseFields(payload)), ({ siteId, id }) =>
          this.#take({ type: "played", siteId, id }),
        ),
      ),
      inbox.on(nluNotRecognized, ({ sessionId }) => {
        if (sessionId !== undefined) this.#take({ type: "not-recognized", sessionId });
      }),
    ];
  }

  close(): void {
    for (const stop of this.#stops.splice(0)) stop();
    for (const timer of this.#timers.values()) timer.cancel();
    for (const question of this.#questions.values()) question.abort();
    for (const watcher of this.#watchers.values()) watcher("error");
    this.#timers.clear();
    this.#questions.clear();
    this.#watchers.clear();
  }

  /** Speaks a text on a site once nobody speaks with it. Resolves when that is over, with how it ended. */
  notify(siteId: string, text: string, lang?: string): Promise<Termination> {
    const newId = randomUUID();
    return new Promise((resolve) => {
      const sessionId = `${siteId}-${newId}`;
      this.#watchers.set(sessionId, resolve);
      const init = { type: "notification", text } as const;
      this.#take({ type: "start", request: { siteId, init, ...(lang !== undefined && { lang }) }, newId });
      const { current, queue = [] } = this.#state.sites.get(siteId) ?? {};
      const isKnown = current?.sessionId === sessionId || queue.some((each) => each.sessionId === sessionId);
      if (!isKnown && this.#watchers.delete(sessionId)) resolve("error");
    });
  }

  #take(input: DialogueInput): void {
    const { state, effects } = step(this.#state, input, this.#rules);
    this.#state = state;
    for (const effect of effects) this.#carryOut(effect);
  }

  #carryOut(effect: DialogueEffect): void {
    switch (effect.type) {
      case "send":
        this.#parts.inbox.sendEncoded(effect.message);
        break;
      case "timer":
        this.#setTimer(effect.sessionId, effect.delayMs);
        break;
      case "chime":
        this.#chime(effect.siteId, effect.requestId);
        break;
      case "ask":
        void this.#ask(effect.session, effect.text);
        break;
      case "prefetch":
        if (effect.capability === "stt") this.#parts.prefetch.prefetchStt(effect.lang);
        else this.#parts.prefetch.prefetchTts(effect.lang);
        break;
      case "over":
        this.#forget(effect.sessionId, effect.reason);
        break;
    }
  }

  #chime(siteId: string, requestId: string): void {
    const { audio, options } = this.#parts;
    const payload = chimeWav(options.playRateHz);
    // Whether it was played or lost: the timer goes on to listening.
    void audio.publish({ topic: playBytesTopic(siteId, requestId), payload, qos: 0 });
  }

  #setTimer(sessionId: string, delayMs: number): void {
    this.#timers.get(sessionId)?.cancel();
    const timer = this.#parts.clock.after(delayMs, () => this.#take({ type: "late", sessionId }));
    this.#timers.set(sessionId, timer);
  }

  async #ask({ sessionId, siteId, lang }: DialogueSession, text: string): Promise<void> {
    if (!this.#conversation) return;
    const question = new AbortController();
    this.#questions.set(sessionId, question);
    try {
      const answer = await this.#conversation.ask(
        { text, siteId, dialogueId: sessionId, ...(lang !== undefined && { language: lang }) },
        question.signal,
      );
      const { language } = answer;
      this.#take({
        type: "answered",
        sessionId,
        text: answer.text.trim(),
        ...(language !== undefined && { lang: language }),
      });
    } catch (error) {
      if (question.signal.aborted) return;
      this.#parts.logger.warn(`No answer was found: ${messageOf(error)}`, { satellite: siteId });
      this.#take({ type: "answer-failed", sessionId, error: messageOf(error) });
    } finally {
      if (this.#questions.get(sessionId) === question) this.#questions.delete(sessionId);
    }
  }

  #forget(sessionId: string, reason: Termination): void {
    this.#timers.get(sessionId)?.cancel();
    this.#timers.delete(sessionId);
    this.#questions.get(sessionId)?.abort();
    this.#questions.delete(sessionId);
    this.#watchers.get(sessionId)?.(reason);
    this.#watchers.delete(sessionId);
  }
}
