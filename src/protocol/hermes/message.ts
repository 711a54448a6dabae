import { type Fields, parseFields } from "./fields.js";

/** A kind of message on a topic of its own. Members that are undefined do not go over the wire. */
export interface MessageKind<T> {
  readonly topic: string;
  /** @throws {ProtocolError} `malformed-frame`, `frame-too-large` */
  readonly parse: (fields: Fields) => T;
}

/** A message ready to be sent. */
export interface Encoded {
  readonly topic: string;
  readonly payload: string;
}

export function encode<T extends object>({ topic }: MessageKind<T>, message: T): Encoded {
  return { topic, payload: JSON.stringify(message) };
}

/** @throws {ProtocolError} `malformed-frame`, `frame-too-large` */
export function decode<T>({ parse }: MessageKind<T>, payload: Uint8Array): T {
  return parse(parseFields(payload));
}
