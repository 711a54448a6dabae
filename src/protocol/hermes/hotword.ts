import { ProtocolError } from "../../base/errors.js";
import {
  type Fields,
  HERMES_LIMITS,
  numberField,
  parseFields,
  present,
  siteField,
  stringField,
} from "./fields.js";
import type { Encoded, MessageKind } from "./message.js";
import { parseToggle, type Toggle } from "./toggle.js";
import { isTopicPart } from "./topic-part.js";
import { parseQuery, type Query } from "./tts.js";

export const hotwordToggleOn: MessageKind<Toggle> = { topic: "hermes/hotword/toggleOn", parse: parseToggle };
export const hotwordToggleOff: MessageKind<Toggle> = {
  topic: "hermes/hotword/toggleOff",
  parse: parseToggle,
};

/** A wake word was heard. */
export interface Detected {
  /** Stands in the topic. */
  readonly wakewordId: string;
  readonly modelId: string;
  readonly modelVersion: string;
  readonly modelType: "personal" | "universal";
  readonly currentSensitivity: number;
  readonly siteId: string;
  readonly sessionId?: string;
  readonly lang?: string;
}

export const DETECTED_FILTER = "hermes/hotword/+/detected";

/** @throws {ProtocolError} `malformed-frame` when the word cannot stand in a topic */
export function encodeDetected({ wakewordId, ...message }: Detected): Encoded {
  return { topic: `hermes/hotword/${checkWord(wakewordId)}/detected`, payload: JSON.stringify(message) };
}

/** @throws {ProtocolError} `malformed-frame`, `frame-too-large` */
export function decodeDetected(topic: string, payload: Uint8Array): Detected {
  const fields = parseFields(payload);
  const wakewordId = checkWord(/^hermes\/hotword\/([^/]+)\/detected$/.exec(topic)?.[1] ?? "");
  return {
    wakewordId,
    modelId: stringField(fields, "modelId") ?? wakewordId,
    modelVersion: stringField(fields, "modelVersion") ?? "",
    modelType: stringField(fields, "modelType") === "universal" ? "universal" : "personal",
    currentSensitivity: numberField(fields, "currentSensitivity") ?? 1,
    siteId: siteField(fields),
    ...present({ sessionId: stringField(fields, "sessionId"), lang: stringField(fields, "lang", 32) }),
  };
}

function checkWord(word: string): string {
  if (isTopicPart(word, HERMES_LIMITS.id)) return word;
  throw new ProtocolError("malformed-frame", "A wake word id cannot stand in a topic");
}

export const getHotwords: MessageKind<Query> = { topic: "rhasspy/hotword/getHotwords", parse: parseQuery };

export interface Hotword {
  readonly modelId: string;
  /** As people say it. */
  readonly modelWords: string;
  readonly modelVersion: string;
  readonly modelType: "personal" | "universal";
}

/** The list is for others; a parsed message has an empty one. */
export const hotwords: MessageKind<Query & { readonly models: readonly Hotword[] }> = {
  topic: "rhasspy/hotword/hotwords",
  parse: (fields: Fields) => ({ ...parseQuery(fields), models: [] }),
};
