import { ProtocolError } from "../../base/errors.js";
import { type Fields, HERMES_LIMITS, numberField, present, siteField, stringField } from "./fields.js";
import type { MessageKind } from "./message.js";
import { isTopicPart } from "./topic-part.js";

const PREFIX = "hermes/audioServer/";

/** Where sound of a satellite arrives: each message is a small WAV file of its own. */
export const FRAME_FILTERS = [`${PREFIX}+/audioFrame`, `${PREFIX}+/+/audioSessionFrame`] as const;
export const PLAY_FINISHED_FILTER = `${PREFIX}+/playFinished`;

/** Topics with the sound of one site. @throws {ProtocolError} `malformed-frame` */
export function frameFiltersOf(siteId: string): readonly string[] {
  const site = checkPart(siteId, "siteId");
  return [`${PREFIX}${site}/audioFrame`, `${PREFIX}${site}/+/audioSessionFrame`];
}

/** Whose sound a topic carries. */
export interface FrameSource {
  readonly siteId: string;
  /** Meant for this session alone. */
  readonly sessionId?: string;
}

/** @returns undefined for a topic without sound, or one with ids that no satellite has */
export function parseFrameTopic(topic: string): FrameSource | undefined {
  const match = /^hermes\/audioServer\/([^/]+)\/(?:([^/]+)\/)?(audioFrame|audioSessionFrame)$/.exec(topic);
  const [, siteId = "", sessionId, kind] = match ?? [];
  if (!match || !isTopicPart(siteId)) return undefined;
  if ((kind === "audioSessionFrame") !== (sessionId !== undefined)) return undefined;
  if (sessionId === undefined) return { siteId };
  return isTopicPart(sessionId, HERMES_LIMITS.id) ? { siteId, sessionId } : undefined;
}

/** Where a satellite expects sound to play. @throws {ProtocolError} `malformed-frame` */
export function playBytesTopic(siteId: string, requestId: string): string {
  return `${PREFIX}${checkPart(siteId, "siteId")}/playBytes/${checkPart(requestId, "request id")}`;
}

/** A satellite has played what it was sent. */
export interface PlayFinished {
  readonly siteId: string;
  /** The request id of `playBytes`. */
  readonly id: string;
  readonly sessionId?: string;
}

/** @throws {ProtocolError} `malformed-frame` */
export function parsePlayFinished(topic: string, fields: Fields): PlayFinished {
  const siteId = checkPart(/^hermes\/audioServer\/([^/]+)\/playFinished$/.exec(topic)?.[1] ?? "", "siteId");
  return {
    siteId,
    id: stringField(fields, "id") ?? "",
    ...present({ sessionId: stringField(fields, "sessionId") }),
  };
}

/** Loudness of a satellite. */
export interface SetVolume {
  /** 0 to 1. */
  readonly volume: number;
  readonly siteId: string;
}

export const setVolume: MessageKind<SetVolume> = {
  topic: "rhasspy/audioServer/setVolume",
  parse: (fields) => ({
    volume: Math.min(1, Math.max(0, numberField(fields, "volume") ?? 1)),
    siteId: siteField(fields),
  }),
};

/** Mutes and unmutes a satellite's speaker. */
export const audioToggleOn: MessageKind<{ readonly siteId: string }> = {
  topic: `${PREFIX}toggleOn`,
  parse: (fields) => ({ siteId: siteField(fields) }),
};
export const audioToggleOff: MessageKind<{ readonly siteId: string }> = {
  topic: `${PREFIX}toggleOff`,
  parse: (fields) => ({ siteId: siteField(fields) }),
};

function checkPart(id: string, what: string): string {
  if (isTopicPart(id)) return id;
  throw new ProtocolError(
    "malformed-frame",
    `A ${what} cannot stand in a topic: it holds +, #, / or is too long`,
  );
}
