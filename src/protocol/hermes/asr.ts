import {
  booleanField,
  type Fields,
  HERMES_LIMITS,
  numberField,
  present,
  siteField,
  stringField,
  stringsField,
} from "./fields.js";
import type { Encoded, MessageKind } from "./message.js";
import { parseToggle, type Toggle } from "./toggle.js";
import { isTopicPart } from "./topic-part.js";

/** Begin to transcribe what a site sends. */
export interface StartListening {
  readonly siteId: string;
  readonly sessionId?: string;
  readonly lang?: string;
  /** False: only `stopListening` ends the utterance. */
  readonly stopOnSilence: boolean;
  /** Ask for the recording as WAV afterwards. */
  readonly sendAudioCaptured: boolean;
  readonly wakewordId?: string;
  readonly intentFilter?: readonly string[];
}

export const startListening: MessageKind<StartListening> = {
  topic: "hermes/asr/startListening",
  parse: (fields) => ({
    siteId: siteField(fields),
    stopOnSilence: booleanField(fields, "stopOnSilence", true),
    sendAudioCaptured: booleanField(fields, "sendAudioCaptured", false),
    ...present({
      sessionId: stringField(fields, "sessionId"),
      lang: stringField(fields, "lang", 32),
      wakewordId: stringField(fields, "wakewordId"),
      intentFilter: stringsField(fields, "intentFilter"),
    }),
  }),
};

/** A site and, where there is one, its session. */
export interface SiteSession {
  readonly siteId: string;
  readonly sessionId?: string;
}

const parseSiteSession = (fields: Fields): SiteSession => ({
  siteId: siteField(fields),
  ...present({ sessionId: stringField(fields, "sessionId") }),
});

export const stopListening: MessageKind<SiteSession> = {
  topic: "hermes/asr/stopListening",
  parse: parseSiteSession,
};

/** The utterance is over, its text is being worked out. */
export const recordingFinished: MessageKind<SiteSession> = {
  topic: "rhasspy/asr/recordingFinished",
  parse: parseSiteSession,
};

export const asrToggleOn: MessageKind<Toggle> = { topic: "hermes/asr/toggleOn", parse: parseToggle };
export const asrToggleOff: MessageKind<Toggle> = { topic: "hermes/asr/toggleOff", parse: parseToggle };

/** One recognised word. */
export interface AsrToken {
  readonly value: string;
  /** 0 to 1. */
  readonly confidence: number;
  /** Place in the text: first character, and the one behind the last. */
  readonly rangeStart: number;
  readonly rangeEnd: number;
  /** Seconds from the begin of the utterance. */
  readonly time: { readonly start: number; readonly end: number };
}

/** What was said. */
export interface TextCaptured {
  /** Empty when nothing was understood. */
  readonly text: string;
  /** 0 to 1. */
  readonly likelihood: number;
  /** Time it took to work out the text, in seconds. */
  readonly seconds: number;
  readonly siteId: string;
  readonly sessionId?: string;
  readonly wakewordId?: string;
  /** Words of each sentence. */
  readonly asrTokens?: readonly (readonly AsrToken[])[];
  readonly lang?: string;
}

/** Tokens are for others; a parsed message has none. */
export const textCaptured: MessageKind<TextCaptured> = {
  topic: "hermes/asr/textCaptured",
  parse: (fields) => ({
    text: stringField(fields, "text", HERMES_LIMITS.text) ?? "",
    likelihood: numberField(fields, "likelihood") ?? 0,
    seconds: numberField(fields, "seconds") ?? 0,
    siteId: siteField(fields),
    ...present({
      sessionId: stringField(fields, "sessionId"),
      wakewordId: stringField(fields, "wakewordId"),
      lang: stringField(fields, "lang", 32),
    }),
  }),
};

/** The topic for the recording of a session, where its id can stand in one. */
export function audioCapturedTopic({ siteId, sessionId }: SiteSession): string | undefined {
  if (sessionId === undefined || !isTopicPart(sessionId, HERMES_LIMITS.id)) return undefined;
  return `rhasspy/asr/${siteId}/${sessionId}/audioCaptured`;
}

/** Requests to train, which need nothing of us. */
export const TRAIN_FILTER = "rhasspy/asr/+/train";

/** The answer that training went well. @returns undefined for a topic that is no request to train */
export function trainSuccess(topic: string, fields: Fields): Encoded | undefined {
  const site = /^rhasspy\/asr\/([^/]+)\/train$/.exec(topic)?.[1];
  if (site === undefined || !isTopicPart(site)) return undefined;
  return {
    topic: `rhasspy/asr/${site}/trainSuccess`,
    payload: JSON.stringify({ id: stringField(fields, "id") }),
  };
}
