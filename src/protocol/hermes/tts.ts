import {
  type Fields,
  HERMES_LIMITS,
  numberField,
  present,
  requiredString,
  siteField,
  stringField,
} from "./fields.js";
import type { MessageKind } from "./message.js";

/** Speak a text on a site. */
export interface Say {
  readonly text: string;
  readonly siteId: string;
  readonly lang?: string;
  /** Comes back in `sayFinished`. */
  readonly id?: string;
  readonly sessionId?: string;
  /** 0 to 1. */
  readonly volume?: number;
}

export const say: MessageKind<Say> = {
  topic: "hermes/tts/say",
  parse: (fields) => {
    const volume = numberField(fields, "volume");
    return {
      text: requiredString(fields, "text", HERMES_LIMITS.text),
      siteId: siteField(fields),
      ...present({
        lang: stringField(fields, "lang", 32),
        id: stringField(fields, "id"),
        sessionId: stringField(fields, "sessionId"),
        volume: volume === undefined ? undefined : Math.min(1, Math.max(0, volume)),
      }),
    };
  },
};

/** It has been spoken, or never will be. Kept short: small satellites read no more than 300 bytes. */
export interface SayFinished {
  readonly siteId: string;
  readonly id?: string;
  readonly sessionId?: string;
}

export const sayFinished: MessageKind<SayFinished> = {
  topic: "hermes/tts/sayFinished",
  parse: (fields) => ({
    siteId: siteField(fields),
    ...present({ id: stringField(fields, "id"), sessionId: stringField(fields, "sessionId") }),
  }),
};

/** A question that is answered with its id. */
export interface Query {
  readonly siteId: string;
  readonly id?: string;
}

export const parseQuery = (fields: Fields): Query => ({
  siteId: siteField(fields),
  ...present({ id: stringField(fields, "id") }),
});

export const getVoices: MessageKind<Query> = { topic: "rhasspy/tts/getVoices", parse: parseQuery };

export interface Voice {
  readonly voiceId: string;
  readonly description: string;
}

/** The list is for others; a parsed message has an empty one. */
export const voices: MessageKind<Query & { readonly voices: readonly Voice[] }> = {
  topic: "rhasspy/tts/voices",
  parse: (fields) => ({ ...parseQuery(fields), voices: [] }),
};
