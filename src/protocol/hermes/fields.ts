import { ProtocolError } from "../../base/errors.js";
import { isTopicPart } from "./topic-part.js";

/** Members of a message; anything may be in them. */
export type Fields = Readonly<Record<string, unknown>>;

/** Largest parts of a message taken from a peer. Bytes for `payload`, characters for the others. */
export const HERMES_LIMITS = {
  payload: 64 * 1024,
  text: 4_000,
  id: 256,
  customData: 4_096,
  list: 64,
} as const;

/** The site of a message that names none. */
export const DEFAULT_SITE = "default";

/**
 * The members of a JSON message.
 * @throws {ProtocolError} `frame-too-large`, `malformed-frame`
 */
export function parseFields(payload: Uint8Array): Fields {
  if (payload.length > HERMES_LIMITS.payload) {
    throw new ProtocolError(
      "frame-too-large",
      `A message of ${payload.length} bytes is more than the ${HERMES_LIMITS.payload} allowed`,
    );
  }
  // Snips-era clients send nothing at all where all members are optional.
  if (payload.length === 0) return {};
  const value = parseJson(payload);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ProtocolError("malformed-frame", "A message is no JSON object");
  }
  // An object that JSON made has string keys only.
  return value as Fields;
}

function parseJson(payload: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(payload));
  } catch (cause) {
    throw new ProtocolError("malformed-frame", "A message is no JSON", { cause });
  }
}

/**
 * A text member; `null` and other types count as absent, as peers of this protocol take them.
 * @throws {ProtocolError} `frame-too-large`
 */
export function stringField(fields: Fields, key: string, max: number = HERMES_LIMITS.id): string | undefined {
  const value = own(fields, key);
  if (typeof value !== "string") return undefined;
  if (value.length > max) {
    throw new ProtocolError(
      "frame-too-large",
      `${key} has ${value.length} characters, at most ${max} are allowed`,
    );
  }
  return value;
}

/** @throws {ProtocolError} `malformed-frame` when it is missing */
export function requiredString(fields: Fields, key: string, max?: number): string {
  const value = stringField(fields, key, max);
  if (value === undefined) throw new ProtocolError("malformed-frame", `A message has no ${key}`);
  return value;
}

export function booleanField(fields: Fields, key: string, fallback: boolean): boolean {
  const value = own(fields, key);
  return typeof value === "boolean" ? value : fallback;
}

export function numberField(fields: Fields, key: string): number | undefined {
  const value = own(fields, key);
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

/** A nested object, empty when absent. */
export function objectField(fields: Fields, key: string): Fields {
  const value = own(fields, key);
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

/** The strings of a list, as many as are allowed; undefined when there is no list. */
export function stringsField(fields: Fields, key: string): readonly string[] | undefined {
  const value = own(fields, key);
  if (!Array.isArray(value)) return undefined;
  return value
    .slice(0, HERMES_LIMITS.list)
    .filter((each): each is string => typeof each === "string" && each.length <= HERMES_LIMITS.id);
}

/**
 * The site a message is for.
 * @throws {ProtocolError} `malformed-frame` when it could not stand in a topic
 */
export function siteField(fields: Fields): string {
  const site = stringField(fields, "siteId") ?? DEFAULT_SITE;
  if (!isTopicPart(site))
    throw new ProtocolError("malformed-frame", "A siteId holds +, #, / or control characters");
  return site;
}

/** Members that are there, without those that are not: what an optional one looks like in a message. */
export function present<T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  // Dropping undefined members is exactly what the result type says.
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

function own(fields: Fields, key: string): unknown {
  return Object.hasOwn(fields, key) ? fields[key] : undefined;
}
