import { ProtocolError } from "../../base/errors.js";
import {
  booleanField,
  type Fields,
  HERMES_LIMITS,
  objectField,
  present,
  requiredString,
  siteField,
  stringField,
  stringsField,
} from "./fields.js";
import type { MessageKind } from "./message.js";

/** What a session begins with: listening for a command, perhaps after a question, or a mere announcement. */
export type SessionInit =
  | {
      readonly type: "action";
      readonly canBeEnqueued: boolean;
      readonly text?: string;
      readonly intentFilter?: readonly string[];
      readonly sendIntentNotRecognized: boolean;
    }
  | { readonly type: "notification"; readonly text: string };

export interface StartSession {
  readonly siteId: string;
  readonly init: SessionInit;
  readonly customData?: string;
  readonly lang?: string;
}

export const startSession: MessageKind<StartSession> = {
  topic: "hermes/dialogueManager/startSession",
  parse: (fields) => ({
    siteId: siteField(fields),
    init: parseInit(objectField(fields, "init")),
    ...present({ customData: customDataOf(fields), lang: stringField(fields, "lang", 32) }),
  }),
};

function parseInit(init: Fields): SessionInit {
  const type = stringField(init, "type") ?? "action";
  if (type === "notification") return { type, text: requiredString(init, "text", HERMES_LIMITS.text) };
  if (type !== "action")
    throw new ProtocolError("malformed-frame", "A session is to begin with something unknown");
  return {
    type,
    canBeEnqueued: booleanField(init, "canBeEnqueued", true),
    sendIntentNotRecognized: booleanField(init, "sendIntentNotRecognized", false),
    ...present({
      text: stringField(init, "text", HERMES_LIMITS.text),
      intentFilter: stringsField(init, "intentFilter"),
    }),
  };
}

/** A session as it is announced. */
export interface SessionNotice {
  readonly sessionId: string;
  readonly siteId: string;
  readonly customData?: string;
  readonly lang?: string;
}

const parseNotice = (fields: Fields): SessionNotice => ({
  sessionId: requiredString(fields, "sessionId"),
  siteId: siteField(fields),
  ...present({ customData: customDataOf(fields), lang: stringField(fields, "lang", 32) }),
});

export const sessionQueued: MessageKind<SessionNotice> = {
  topic: "hermes/dialogueManager/sessionQueued",
  parse: parseNotice,
};
export const sessionStarted: MessageKind<SessionNotice> = {
  topic: "hermes/dialogueManager/sessionStarted",
  parse: parseNotice,
};

/** Go on listening, perhaps after saying something. */
export interface ContinueSession {
  readonly sessionId: string;
  readonly text?: string;
  readonly intentFilter?: readonly string[];
  readonly customData?: string;
  readonly sendIntentNotRecognized: boolean;
  readonly slot?: string;
  readonly lang?: string;
}

export const continueSession: MessageKind<ContinueSession> = {
  topic: "hermes/dialogueManager/continueSession",
  parse: (fields) => ({
    sessionId: requiredString(fields, "sessionId"),
    sendIntentNotRecognized: booleanField(fields, "sendIntentNotRecognized", false),
    ...present({
      text: stringField(fields, "text", HERMES_LIMITS.text),
      intentFilter: stringsField(fields, "intentFilter"),
      customData: customDataOf(fields),
      slot: stringField(fields, "slot"),
      lang: stringField(fields, "lang", 32),
    }),
  }),
};

/** End a session, perhaps after saying something. */
export interface EndSession {
  readonly sessionId: string;
  readonly text?: string;
  readonly customData?: string;
}

export const endSession: MessageKind<EndSession> = {
  topic: "hermes/dialogueManager/endSession",
  parse: (fields) => ({
    sessionId: requiredString(fields, "sessionId"),
    ...present({ text: stringField(fields, "text", HERMES_LIMITS.text), customData: customDataOf(fields) }),
  }),
};

export const TERMINATIONS = ["nominal", "abortedByUser", "intentNotRecognized", "timeout", "error"] as const;
export type Termination = (typeof TERMINATIONS)[number];

export interface SessionEnded {
  readonly termination: { readonly reason: Termination };
  readonly sessionId: string;
  readonly siteId: string;
  readonly customData?: string;
}

export const sessionEnded: MessageKind<SessionEnded> = {
  topic: "hermes/dialogueManager/sessionEnded",
  parse: (fields) => {
    const stated = stringField(objectField(fields, "termination"), "reason");
    return {
      termination: { reason: TERMINATIONS.find((reason) => reason === stated) ?? "error" },
      sessionId: requiredString(fields, "sessionId"),
      siteId: siteField(fields),
      ...present({ customData: customDataOf(fields) }),
    };
  },
};

/** Nothing was understood, and whoever began the session wanted to know. */
export interface IntentNotRecognized {
  readonly sessionId?: string;
  readonly input: string;
  readonly siteId: string;
  readonly customData?: string;
}

const parseNotRecognized = (fields: Fields): IntentNotRecognized => ({
  input: stringField(fields, "input", HERMES_LIMITS.text) ?? "",
  siteId: siteField(fields),
  ...present({ sessionId: stringField(fields, "sessionId"), customData: customDataOf(fields) }),
});

export const intentNotRecognized: MessageKind<IntentNotRecognized> = {
  topic: "hermes/dialogueManager/intentNotRecognized",
  parse: parseNotRecognized,
};

/** The same for satellites, which show it by their light. */
export const nluNotRecognized: MessageKind<IntentNotRecognized> = {
  topic: "hermes/nlu/intentNotRecognized",
  parse: parseNotRecognized,
};

/** A text for whoever understands commands in this house, where we do not answer ourselves. */
export interface NluQuery {
  readonly input: string;
  readonly siteId: string;
  readonly id?: string;
  readonly sessionId?: string;
  readonly intentFilter?: readonly string[];
  readonly wakewordId?: string;
  readonly lang?: string;
}

export const nluQuery: MessageKind<NluQuery> = {
  topic: "hermes/nlu/query",
  parse: (fields) => ({
    input: requiredString(fields, "input", HERMES_LIMITS.text),
    siteId: siteField(fields),
    ...present({
      id: stringField(fields, "id"),
      sessionId: stringField(fields, "sessionId"),
      intentFilter: stringsField(fields, "intentFilter"),
      wakewordId: stringField(fields, "wakewordId"),
      lang: stringField(fields, "lang", 32),
    }),
  }),
};

function customDataOf(fields: Fields): string | undefined {
  return stringField(fields, "customData", HERMES_LIMITS.customData);
}
