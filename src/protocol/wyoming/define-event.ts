import { NO_PAYLOAD, type WyomingEvent } from "./codec.js";
import { readShape, type Shape, type ValueOf, writeShape } from "./fields.js";

/** One kind of event: its name on the wire and its typed form. */
export interface EventKind<T> {
  readonly type: string;
  readonly shape: Shape;
  /** True when bytes travel with it, as `payload` of the typed form. */
  readonly hasPayload: boolean;
  encode(value: T): WyomingEvent;
  /** Unknown members are ignored, `null` is absence. @throws {ProtocolError} `malformed-frame` */
  decode(event: WyomingEvent): T;
}

/** The typed form of an event kind. */
export type EventOf<K> = K extends EventKind<infer T> ? T : never;

/** Describes an event without payload. */
export function defineEvent<const S extends Shape>(type: string, shape: S): EventKind<ValueOf<S>> {
  return {
    type,
    shape,
    hasPayload: false,
    encode: (value) => ({ type, data: writeShape(shape, value), payload: NO_PAYLOAD }),
    decode: ({ data }) => readShape(shape, data, type),
  };
}

/** Describes an event that carries bytes. */
export function definePayloadEvent<const S extends Shape>(
  type: string,
  shape: S,
): EventKind<ValueOf<S> & { readonly payload: Uint8Array }> {
  return {
    type,
    shape,
    hasPayload: true,
    encode: ({ payload, ...value }) => ({
      type,
      // The rest of an intersection is not narrowed back to its first half.
      data: writeShape(shape, value as unknown as ValueOf<S>),
      payload,
    }),
    decode: ({ data, payload }) => ({ ...readShape(shape, data, type), payload }),
  };
}
