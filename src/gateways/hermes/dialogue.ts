import type { TextCaptured } from "../../protocol/hermes/asr.js";
import type {
  ContinueSession,
  EndSession,
  StartSession,
  Termination,
} from "../../protocol/hermes/dialogue.js";
import type { Failure } from "../../protocol/hermes/failure.js";
import type { Detected } from "../../protocol/hermes/hotword.js";
import type { Encoded } from "../../protocol/hermes/message.js";
import type { SayFinished } from "../../protocol/hermes/tts.js";
import { DialogueTurn } from "./dialogue-turn.js";

/** Where a session stands. */
export type Stage =
  /** A sound tells that the wake word was heard; listening follows. */
  | { readonly name: "chiming"; readonly requestId: string }
  | { readonly name: "speaking"; readonly sayId: string; readonly after: "listen" | "end" }
  | { readonly name: "listening" }
  /** Neither: only while a step decides what comes next. */
  | { readonly name: "between" }
  /** Our own conversation works out the answer. */
  | { readonly name: "answering" }
  /** Somebody else is to continue or end it. */
  | { readonly name: "waiting"; readonly toldNotRecognized: boolean };

/** One dialogue between a person and the house, from its first to its last word. */
export interface DialogueSession {
  readonly sessionId: string;
  readonly siteId: string;
  readonly stage: Stage;
  /** True while the wake word is switched off for this session. */
  readonly holdsHotword: boolean;
  readonly sendIntentNotRecognized: boolean;
  readonly wakewordId?: string;
  readonly lang?: string;
  readonly customData?: string;
  readonly intentFilter?: readonly string[];
}

/** A session that waits for its turn. */
export interface QueuedSession {
  readonly sessionId: string;
  readonly request: StartSession;
}

/** What goes on at one site: one session at most, and those that wait for it to end. */
export interface SiteDialogue {
  readonly current: DialogueSession | undefined;
  readonly queue: readonly QueuedSession[];
}

/** All that goes on; sites where nothing does are not in it. */
export interface DialogueState {
  readonly sites: ReadonlyMap<string, SiteDialogue>;
  /** Begin of the ids of what is said. */
  readonly seed: string;
  readonly said: number;
}

export interface DialogueRules {
  /** We answer ourselves; otherwise the text is handed to whoever listens to `hermes/nlu/query`. */
  readonly answers: boolean;
  /** Longest wait of one stage. */
  readonly stageMs: number;
  /** Longest wait for a text to be spoken. */
  readonly sayMs: (text: string) => number;
  /**
   * What stands between group and name in a site id, where several satellites in one room form a group: only the first
   * of them that hears a wake word begins a session. Empty: no groups.
   */
  readonly groupSeparator: string;
  readonly maxQueued: number;
  /** True for a site that may be interrupted by the wake word while it speaks. */
  readonly bargeIn: (siteId: string) => boolean;
  /** Longest wait for the sound that answers a wake word to be played; undefined: there is none. */
  readonly chimeMs: number | undefined;
  /** True for a site that makes that sound without being asked. */
  readonly chimesItself: (siteId: string) => boolean;
}

/** Something that happened. `newId` is a fresh random id. */
export type DialogueInput =
  | { readonly type: "detected"; readonly detected: Detected; readonly newId: string }
  | { readonly type: "start"; readonly request: StartSession; readonly newId: string }
  | { readonly type: "continue"; readonly request: ContinueSession }
  | { readonly type: "end"; readonly request: EndSession }
  | { readonly type: "captured"; readonly captured: TextCaptured }
  | { readonly type: "asr-failed"; readonly failure: Failure }
  /** A satellite has played a sound. */
  | { readonly type: "played"; readonly siteId: string; readonly id: string }
  | { readonly type: "said"; readonly finished: SayFinished }
  | { readonly type: "not-recognized"; readonly sessionId: string }
  | { readonly type: "answered"; readonly sessionId: string; readonly text: string; readonly lang?: string }
  | { readonly type: "answer-failed"; readonly sessionId: string; readonly error: string }
  | { readonly type: "late"; readonly sessionId: string }
  /** Messages were lost: nobody knows how far the dialogues are. */
  | { readonly type: "interrupted" };

/** Something to be done about it, in order. */
export type DialogueEffect =
  | { readonly type: "send"; readonly message: Encoded }
  /** Replaces the session's timer; its end is the input `late`. */
  | { readonly type: "timer"; readonly sessionId: string; readonly delayMs: number }
  | { readonly type: "chime"; readonly siteId: string; readonly requestId: string }
  | { readonly type: "ask"; readonly session: DialogueSession; readonly text: string }
  | { readonly type: "prefetch"; readonly capability: "stt" | "tts"; readonly lang: string | undefined }
  /** The session is over: its timer and its question are of no use any more. */
  | { readonly type: "over"; readonly sessionId: string; readonly reason: Termination };

export function noDialogues(seed: string): DialogueState {
  return { sites: new Map(), seed, said: 0 };
}

/**
 * The dialogue manager: what follows from what happened. Pure; sending, waiting and asking are the driver's.
 * Inputs for sessions that do not exist, or are elsewhere by now, change nothing.
 */
export function step(
  state: DialogueState,
  input: DialogueInput,
  rules: DialogueRules,
): { readonly state: DialogueState; readonly effects: readonly DialogueEffect[] } {
  const turn = new DialogueTurn(state, rules);
  // The table pairs each kind of input with its handler; indexing by the union loses that pairing.
  const handle = HANDLERS[input.type] as (
    turn: DialogueTurn,
    input: DialogueInput,
    rules: DialogueRules,
  ) => void;
  handle(turn, input, rules);
  return turn.result();
}

type InputOf<Type extends DialogueInput["type"]> = Extract<DialogueInput, { readonly type: Type }>;
type Handlers = {
  readonly [Type in DialogueInput["type"]]: (
    turn: DialogueTurn,
    input: InputOf<Type>,
    rules: DialogueRules,
  ) => void;
};

const HANDLERS: Handlers = {
  detected: wake,
  start,
  continue: resume,
  end: finish,
  captured: understand,
  "asr-failed"(turn, { failure }) {
    const session = turn.find(failure.sessionId);
    if (session?.stage.name === "listening") turn.fail(session, failure.error);
  },
  played(turn, { siteId, id }) {
    const session = turn.currentOf(siteId);
    if (session?.stage.name === "chiming" && session.stage.requestId === id) turn.listenAfterChime(session);
  },
  said(turn, { finished }) {
    const session = turn.find(finished.sessionId);
    if (session?.stage.name === "speaking" && session.stage.sayId === finished.id) turn.goOn(session);
  },
  "not-recognized"(turn, { sessionId }) {
    const session = turn.find(sessionId);
    if (session?.stage.name === "waiting" && !session.stage.toldNotRecognized)
      turn.notRecognized(session, "");
  },
  answered(turn, { sessionId, text, lang }) {
    const session = turn.find(sessionId);
    if (session?.stage.name !== "answering") return;
    if (text === "") turn.end(session, "nominal");
    else turn.speak(lang === undefined ? session : { ...session, lang }, text, "end");
  },
  "answer-failed"(turn, { sessionId, error }) {
    const session = turn.find(sessionId);
    if (session?.stage.name === "answering") turn.fail(session, error);
  },
  interrupted(turn) {
    // Satellites and services are brought back to the state between two dialogues.
    for (const session of turn.all()) turn.end(session, "error");
  },
  late(turn, { sessionId }) {
    const session = turn.find(sessionId);
    // A satellite that never said that it has spoken is no reason to give up.
    if (session?.stage.name === "speaking") turn.goOn(session);
    else if (session?.stage.name === "chiming") turn.listenAfterChime(session);
    else if (session) turn.end(session, "timeout");
  },
};

function wake(turn: DialogueTurn, { detected, newId }: InputOf<"detected">, rules: DialogueRules): void {
  const { siteId, wakewordId, lang, sessionId } = detected;
  if (turn.groupIsAwake(siteId, rules.groupSeparator)) return;
  const current = turn.currentOf(siteId);
  if (current) turn.end(current, "abortedByUser", { startNext: false });
  turn.begin(
    {
      sessionId: sessionId ?? `${siteId}-${wakewordId}-${newId}`,
      siteId,
      wakewordId,
      stage: { name: "between" },
      holdsHotword: false,
      sendIntentNotRecognized: false,
      ...(lang !== undefined && { lang }),
    },
    undefined,
  );
}

function start(turn: DialogueTurn, { request, newId }: InputOf<"start">, rules: DialogueRules): void {
  const { siteId, init } = request;
  const sessionId = `${siteId}-${newId}`;
  const current = turn.currentOf(siteId);
  const mayWait = init.type === "notification" || init.canBeEnqueued;
  if (current && mayWait) {
    turn.enqueue({ sessionId, request }, rules.maxQueued);
    return;
  }
  // Whoever cannot wait, somebody at a button, goes first.
  if (current) turn.end(current, "abortedByUser", { startNext: false });
  turn.beginRequest({ sessionId, request });
}

function resume(turn: DialogueTurn, { request }: InputOf<"continue">): void {
  const found = turn.find(request.sessionId);
  if (!found) return;
  const session: DialogueSession = {
    ...turn.settle(found),
    sendIntentNotRecognized: request.sendIntentNotRecognized,
    ...(request.lang !== undefined && { lang: request.lang }),
    ...(request.customData !== undefined && { customData: request.customData }),
    ...(request.intentFilter !== undefined && { intentFilter: request.intentFilter }),
  };
  if (request.text) turn.speak(session, request.text, "listen");
  else turn.listen(session);
}

function finish(turn: DialogueTurn, { request }: InputOf<"end">): void {
  const found = turn.find(request.sessionId);
  if (!found) return;
  const session = {
    ...turn.settle(found),
    ...(request.customData !== undefined && { customData: request.customData }),
  };
  if (request.text) turn.speak(session, request.text, "end");
  else turn.end(session, "nominal");
}

function understand(turn: DialogueTurn, { captured }: InputOf<"captured">, rules: DialogueRules): void {
  const { sessionId, text, lang } = captured;
  const found = turn.find(sessionId);
  if (found?.stage.name !== "listening") return;
  const session = turn.stopListening({ ...found, ...(lang !== undefined && { lang }) });
  if (text.trim() === "") turn.notRecognized(session, text);
  else if (rules.answers) turn.ask(session, text);
  else turn.handOver(session, text);
}
