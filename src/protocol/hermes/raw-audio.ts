import { ProtocolError } from "../../base/errors.js";
import { numberField, parseFields, present, stringField } from "./fields.js";
import { isTopicPart } from "./topic-part.js";

/** What a satellite sends on topics of our own: bare samples, their format, and when to listen. */
export const RAW_KINDS = ["in", "format", "ctl"] as const;
export type RawKind = (typeof RAW_KINDS)[number];

/** Longest message of bare samples, in bytes: a quarter of a second. */
export const MAX_RAW_BYTES = 8 * 1024;

/** What bare samples are: signed little-endian integers. Nothing says yet that an engine can take them. */
export interface RawFormat {
  readonly rateHz: number;
  readonly widthBytes: number;
  readonly channels: number;
}

/** Until a satellite says otherwise. */
export const RAW_FORMAT: RawFormat = { rateHz: 16_000, widthBytes: 2, channels: 1 };

/** The topic of a kind for one site, or for all of them. @param base `irene_edge/audio` */
export function rawTopic(base: string, kind: RawKind, siteId = "+"): string {
  return `${base}/${siteId}/${kind}`;
}

/** Whose topic it is, and of which kind; undefined for other topics, and ids that no satellite has. */
export function parseRawTopic(
  base: string,
  topic: string,
): { readonly siteId: string; readonly kind: RawKind } | undefined {
  if (!topic.startsWith(`${base}/`)) return undefined;
  const [siteId = "", last = "", ...more] = topic.slice(base.length + 1).split("/");
  const kind = RAW_KINDS.find((each) => each === last);
  return kind && more.length === 0 && isTopicPart(siteId) ? { siteId, kind } : undefined;
}

/**
 * `{"rate":16000,"width":2,"channels":1,"codec":"pcm_s16le"}`; what is left out is as in `RAW_FORMAT`.
 * @throws {ProtocolError} `malformed-frame` for another codec, `frame-too-large`
 */
export function parseRawFormat(payload: Uint8Array): RawFormat {
  const fields = parseFields(payload);
  const codec = stringField(fields, "codec") ?? "pcm_s16le";
  if (codec !== "pcm_s16le") {
    throw new ProtocolError("malformed-frame", `The codec ${codec} is not known: send pcm_s16le`);
  }
  return {
    rateHz: numberField(fields, "rate") ?? RAW_FORMAT.rateHz,
    widthBytes: numberField(fields, "width") ?? RAW_FORMAT.widthBytes,
    channels: numberField(fields, "channels") ?? RAW_FORMAT.channels,
  };
}

/** Begin or end of listening. */
export interface RawControl {
  readonly cmd: "start" | "stop";
  /** Comes back as session id with the text. */
  readonly id?: string;
  readonly lang?: string;
}

/** @throws {ProtocolError} `malformed-frame`, `frame-too-large` */
export function parseRawControl(payload: Uint8Array): RawControl {
  const fields = parseFields(payload);
  const cmd = stringField(fields, "cmd");
  if (cmd !== "start" && cmd !== "stop") {
    throw new ProtocolError("malformed-frame", "cmd is neither start nor stop");
  }
  return { cmd, ...present({ id: stringField(fields, "id"), lang: stringField(fields, "lang", 32) }) };
}
