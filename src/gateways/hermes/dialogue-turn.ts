import { asrToggleOff, asrToggleOn, startListening, stopListening } from "../../protocol/hermes/asr.js";
import {
  intentNotRecognized,
  nluNotRecognized,
  nluQuery,
  sessionEnded,
  sessionQueued,
  sessionStarted,
  type Termination,
} from "../../protocol/hermes/dialogue.js";
import { dialogueError } from "../../protocol/hermes/failure.js";
import { present } from "../../protocol/hermes/fields.js";
import { hotwordToggleOff, hotwordToggleOn } from "../../protocol/hermes/hotword.js";
import { encode, type MessageKind } from "../../protocol/hermes/message.js";
import { REASON } from "../../protocol/hermes/toggle.js";
import { say } from "../../protocol/hermes/tts.js";
import type {
  DialogueEffect,
  DialogueRules,
  DialogueSession,
  DialogueState,
  QueuedSession,
  SiteDialogue,
  Stage,
} from "./dialogue.js";

const QUIET: SiteDialogue = { current: undefined, queue: [] };

/** The moves of the dialogue manager within one step: works on a copy and notes what is to be done. */
export class DialogueTurn {
  readonly #sites: Map<string, SiteDialogue>;
  readonly #seed: string;
  readonly #rules: DialogueRules;
  readonly #effects: DialogueEffect[] = [];
  #said: number;

  constructor({ sites, seed, said }: DialogueState, rules: DialogueRules) {
    this.#sites = new Map(sites);
    this.#seed = seed;
    this.#said = said;
    this.#rules = rules;
  }

  result(): { readonly state: DialogueState; readonly effects: readonly DialogueEffect[] } {
    return { state: { sites: this.#sites, seed: this.#seed, said: this.#said }, effects: this.#effects };
  }

  currentOf(siteId: string): DialogueSession | undefined {
    return this.#sites.get(siteId)?.current;
  }

  all(): readonly DialogueSession[] {
    return [...this.#sites.values()].flatMap(({ current }) => current ?? []);
  }

  find(sessionId: string | undefined): DialogueSession | undefined {
    if (sessionId === undefined) return undefined;
    return [...this.#sites.values()].find(({ current }) => current?.sessionId === sessionId)?.current;
  }

  /** True when another satellite of the site's group was woken already. */
  groupIsAwake(siteId: string, separator: string): boolean {
    if (separator === "" || !siteId.includes(separator)) return false;
    const group = siteId.slice(0, siteId.indexOf(separator) + separator.length);
    return [...this.#sites.values()].some(
      ({ current }) =>
        current?.wakewordId !== undefined && current.siteId !== siteId && current.siteId.startsWith(group),
    );
  }

  enqueue(queued: QueuedSession, max: number): void {
    const { siteId, customData, lang } = queued.request;
    const { current, queue } = this.#sites.get(siteId) ?? QUIET;
    if (queue.length >= max) {
      this.#send(dialogueError, {
        error: "Too many sessions wait for this site already",
        siteId,
        context: "busy",
        sessionId: queued.sessionId,
      });
      return;
    }
    this.#sites.set(siteId, { current, queue: [...queue, queued] });
    this.#send(sessionQueued, { sessionId: queued.sessionId, siteId, ...present({ customData, lang }) });
  }

  beginRequest({ sessionId, request: { siteId, init, customData, lang } }: QueuedSession): void {
    this.begin(
      {
        sessionId,
        siteId,
        stage: { name: "between" },
        holdsHotword: false,
        sendIntentNotRecognized: init.type === "action" && init.sendIntentNotRecognized,
        ...(customData !== undefined && { customData }),
        ...(lang !== undefined && { lang }),
        ...(init.type === "action" && init.intentFilter !== undefined && { intentFilter: init.intentFilter }),
      },
      init.text === undefined || init.text === ""
        ? undefined
        : { text: init.text, after: init.type === "notification" ? "end" : "listen" },
    );
  }

  begin(
    session: DialogueSession,
    first: { readonly text: string; readonly after: "listen" | "end" } | undefined,
  ): void {
    const { sessionId, siteId, customData, lang } = session;
    if (first?.after !== "end") this.#effects.push({ type: "prefetch", capability: "stt", lang });
    this.#send(sessionStarted, { sessionId, siteId, ...present({ customData, lang }) });
    // Also for an announcement: the light of a satellite shows it, and nobody wants to be interrupted by its echo.
    // Where that is wanted, it stays on until there is something to listen for.
    if (first && this.#rules.bargeIn(siteId)) this.speak(session, first.text, first.after);
    else if (first) this.speak(this.#holdHotword(session), first.text, first.after);
    else if (
      session.wakewordId !== undefined &&
      this.#rules.chimeMs !== undefined &&
      !this.#rules.chimesItself(siteId)
    ) {
      this.#chime(this.#holdHotword(session), this.#rules.chimeMs);
    } else this.listen(this.#holdHotword(session));
  }

  listenAfterChime(session: DialogueSession): void {
    this.listen(this.#stopChiming(session));
  }

  listen(session: DialogueSession): void {
    const { sessionId, siteId, lang, wakewordId, intentFilter } = this.#holdHotword(session);
    this.#enter({ ...session, holdsHotword: true }, { name: "listening" }, this.#rules.stageMs);
    this.#send(startListening, {
      siteId,
      sessionId,
      stopOnSilence: true,
      sendAudioCaptured: false,
      ...present({ lang, wakewordId, intentFilter }),
    });
  }

  /** Takes back what listening has switched; does nothing for a session that does not listen. */
  stopListening(session: DialogueSession): DialogueSession {
    if (session.stage.name !== "listening") return session;
    this.#send(stopListening, { siteId: session.siteId, sessionId: session.sessionId });
    return this.#freeHotword({ ...session, stage: { name: "between" } });
  }

  /** Takes back what listening or speaking has switched, before something else is done. */
  settle(session: DialogueSession): DialogueSession {
    return this.#stopSpeaking(this.#stopChiming(this.stopListening(session)));
  }

  speak(session: DialogueSession, text: string, after: "listen" | "end"): void {
    const { siteId, sessionId, lang } = session;
    this.#said += 1;
    const sayId = `${this.#seed}-${this.#said}`;
    if (!this.#rules.bargeIn(siteId)) this.#send(hotwordToggleOff, { siteId, reason: REASON.say });
    this.#send(asrToggleOff, { siteId, reason: REASON.say });
    this.#enter(session, { name: "speaking", sayId, after }, this.#rules.sayMs(text));
    this.#send(say, { text, siteId, id: sayId, sessionId, ...present({ lang }) });
  }

  /** What comes after speaking. */
  goOn(session: DialogueSession): void {
    if (session.stage.name !== "speaking") return;
    const { after } = session.stage;
    const silent = this.#stopSpeaking(session);
    if (after === "listen") this.listen(silent);
    else this.end(silent, "nominal");
  }

  ask(session: DialogueSession, text: string): void {
    this.#effects.push({ type: "prefetch", capability: "tts", lang: session.lang });
    const asking = this.#enter(session, { name: "answering" }, this.#rules.stageMs);
    this.#effects.push({ type: "ask", session: asking, text });
  }

  /** Leaves the text to whoever understands commands in this house. */
  handOver(session: DialogueSession, text: string): void {
    const { siteId, sessionId, lang, wakewordId, intentFilter } = session;
    this.#effects.push({ type: "prefetch", capability: "tts", lang });
    this.#enter(session, { name: "waiting", toldNotRecognized: false }, this.#rules.stageMs);
    this.#send(nluQuery, { input: text, siteId, sessionId, ...present({ lang, wakewordId, intentFilter }) });
  }

  notRecognized(session: DialogueSession, input: string): void {
    const { siteId, sessionId, customData } = session;
    const notice = { sessionId, input, siteId, ...present({ customData }) };
    // Who waits for us has heard it from the one who did not understand.
    if (session.stage.name !== "waiting") this.#send(nluNotRecognized, notice);
    if (session.sendIntentNotRecognized) {
      this.#enter(session, { name: "waiting", toldNotRecognized: true }, this.#rules.stageMs);
      this.#send(intentNotRecognized, notice);
    } else this.end(session, "intentNotRecognized");
  }

  fail(session: DialogueSession, error: string): void {
    const { siteId, sessionId } = session;
    this.#send(dialogueError, { error, siteId, sessionId });
    this.end(session, "error");
  }

  end(session: DialogueSession, reason: Termination, { startNext = true } = {}): void {
    const { sessionId, siteId, customData } = this.#freeHotword(this.settle(session));
    this.#effects.push({ type: "over", sessionId, reason });
    this.#send(sessionEnded, { termination: { reason }, sessionId, siteId, ...present({ customData }) });
    const [next, ...queue] = this.#sites.get(siteId)?.queue ?? [];
    if (next && startNext) {
      this.#sites.set(siteId, { current: undefined, queue });
      this.beginRequest(next);
    } else if (next) this.#sites.set(siteId, { current: undefined, queue: [next, ...queue] });
    else this.#sites.delete(siteId);
  }

  #chime(session: DialogueSession, limitMs: number): void {
    const { siteId } = session;
    this.#said += 1;
    const requestId = `${this.#seed}-${this.#said}`;
    this.#send(hotwordToggleOff, { siteId, reason: REASON.audio });
    this.#send(asrToggleOff, { siteId, reason: REASON.audio });
    this.#enter(session, { name: "chiming", requestId }, limitMs);
    this.#effects.push({ type: "chime", siteId, requestId });
  }

  #stopChiming(session: DialogueSession): DialogueSession {
    if (session.stage.name !== "chiming") return session;
    const { siteId } = session;
    this.#send(asrToggleOn, { siteId, reason: REASON.audio });
    this.#send(hotwordToggleOn, { siteId, reason: REASON.audio });
    return { ...session, stage: { name: "between" } };
  }

  #stopSpeaking(session: DialogueSession): DialogueSession {
    if (session.stage.name !== "speaking") return session;
    const { siteId } = session;
    this.#send(asrToggleOn, { siteId, reason: REASON.say });
    if (!this.#rules.bargeIn(siteId)) this.#send(hotwordToggleOn, { siteId, reason: REASON.say });
    return { ...session, stage: { name: "between" } };
  }

  #holdHotword(session: DialogueSession): DialogueSession {
    if (session.holdsHotword) return session;
    this.#send(hotwordToggleOff, { siteId: session.siteId, reason: REASON.dialogue });
    return { ...session, holdsHotword: true };
  }

  #freeHotword(session: DialogueSession): DialogueSession {
    if (!session.holdsHotword) return session;
    this.#send(hotwordToggleOn, { siteId: session.siteId, reason: REASON.dialogue });
    return { ...session, holdsHotword: false };
  }

  #enter(session: DialogueSession, stage: Stage, delayMs: number): DialogueSession {
    const entered = { ...session, stage };
    const { queue } = this.#sites.get(session.siteId) ?? QUIET;
    this.#sites.set(session.siteId, { current: entered, queue });
    this.#effects.push({ type: "timer", sessionId: session.sessionId, delayMs });
    return entered;
  }

  #send<T extends object>(kind: MessageKind<T>, message: T): void {
    this.#effects.push({ type: "send", message: encode(kind, message) });
  }
}
