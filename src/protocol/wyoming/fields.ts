import { ProtocolError } from "../../base/errors.js";

/** How one member of an event's data is read and written. */
export interface Field<T> {
  /** What values it takes; lets tests make some up. */
  readonly kind: FieldKind;
  /** Name on the wire where it is not the property's name in snake case. */
  readonly wireName?: string;
  /** @throws {ProtocolError} `malformed-frame` with the path of the culprit */
  read(value: unknown, path: string): T;
  write(value: T): unknown;
}

/** A member that may be absent; `null` on the wire means the same. */
export interface OptionalField<T> extends Field<T> {
  readonly absent: "left-out" | "null";
}

/** A member that is always there in memory, though peers may leave it out. */
export interface DefaultedField<T> extends Field<T> {
  readonly fallback: T;
}

export type FieldKind =
  | { readonly name: "string" | "boolean" | "integer" | "count" | "number" | "json" | "anything" }
  | { readonly name: "choice"; readonly of: readonly string[] }
  | { readonly name: "list"; readonly of: Field<unknown> }
  | { readonly name: "object"; readonly of: Shape };

/** Members by the name they have in this program. */
export type Shape = Readonly<Record<string, Field<unknown>>>;

type OptionalKeys<S> = { [K in keyof S]: S[K] extends OptionalField<unknown> ? K : never }[keyof S];
type Read<F> = F extends { read(value: unknown, path: string): infer T } ? T : never;

/** The object a shape describes. */
export type ValueOf<S> = { readonly [K in Exclude<keyof S, OptionalKeys<S>>]: Read<S[K]> } & {
  readonly [K in OptionalKeys<S>]?: Read<S[K]>;
};

const field = <T>(kind: FieldKind, accepts: (value: unknown) => value is T, wanted: string): Field<T> => ({
  kind,
  read(value, path) {
    if (accepts(value)) return value;
    throw new ProtocolError("malformed-frame", `${path} is not ${wanted}.`);
  },
  write: (value) => value,
});

const isNumber = (value: unknown): value is number => typeof value === "number";

export const string: Field<string> = field(
  { name: "string" },
  (value): value is string => typeof value === "string",
  "a string",
);
export const boolean: Field<boolean> = field(
  { name: "boolean" },
  (value): value is boolean => typeof value === "boolean",
  "true or false",
);
export const number: Field<number> = field({ name: "number" }, isNumber, "a number");
export const integer: Field<number> = field(
  { name: "integer" },
  (value): value is number => Number.isSafeInteger(value),
  "a whole number",
);
/** A whole number from 1 up. */
export const count: Field<number> = field(
  { name: "count" },
  (value): value is number => Number.isSafeInteger(value) && isNumber(value) && value > 0,
  "a whole number above 0",
);
/** An object whose members nobody here looks at. */
export const json: Field<Readonly<Record<string, unknown>>> = field(
  { name: "json" },
  (value): value is Record<string, unknown> =>
    typeof value === "object" && value !== null && !Array.isArray(value),
  "an object",
);

/** Any JSON value but `null`. */
export const anything: Field<unknown> = field(
  { name: "anything" },
  (value): value is unknown => value !== undefined,
  "a value",
);

/** One of these words. */
export function choice<const T extends string>(of: readonly T[]): Field<T> {
  const words: readonly string[] = of;
  return field(
    { name: "choice", of },
    (value): value is T => typeof value === "string" && words.includes(value),
    `one of ${of.join(", ")}`,
  );
}

/** @throws {ProtocolError} on reading, also when a string stands where its list should */
export function list<T>(of: Field<T>): Field<readonly T[]> {
  return {
    kind: { name: "list", of },
    read(value, path) {
      if (!Array.isArray(value)) throw new ProtocolError("malformed-frame", `${path} is not a list.`);
      return value.map((item, index) => of.read(item, `${path}[${index}]`));
    },
    write: (items) => items.map((item) => of.write(item)),
  };
}

/** An object inside an event's data. */
export function object<const S extends Shape>(shape: S): Field<ValueOf<S>> {
  return {
    kind: { name: "object", of: shape },
    read: (value, path) => readShape(shape, json.read(value, path), path),
    write: (value) => writeShape(shape, value),
  };
}

/** Left out of the data when absent. */
export const optional = <T>(of: Field<T>): OptionalField<T> => ({ ...of, absent: "left-out" });

/** Written as `null` when absent, as the reference library does for some members. */
export const nullable = <T>(of: Field<T>): OptionalField<T> => ({ ...of, absent: "null" });

/** Always written; `fallback` when the peer left it out. */
export const defaulted = <T>(of: Field<T>, fallback: T): DefaultedField<T> => ({ ...of, fallback });

/** A member that the wire calls something else. */
export const named = <F extends Field<unknown>>(wireName: string, of: F): F => ({ ...of, wireName });

/** Name of a member on the wire. */
export const wireNameOf = (name: string, of: Field<unknown>): string =>
  of.wireName ?? name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** @throws {ProtocolError} `malformed-frame` */
export function readShape<S extends Shape>(
  shape: S,
  data: Readonly<Record<string, unknown>>,
  path: string,
): ValueOf<S> {
  const value: Record<string, unknown> = {};
  for (const [name, of] of Object.entries(shape)) {
    const wireName = wireNameOf(name, of);
    // `Object.hasOwn`, since a peer's data must not be mixed up with what every object inherits.
    const member = (Object.hasOwn(data, wireName) ? data[wireName] : undefined) ?? undefined;
    if (member === undefined && "absent" in of) continue;
    value[name] =
      member === undefined && "fallback" in of ? of.fallback : of.read(member, `${path}.${wireName}`);
  }
  // Built member by member from the shape that the type is computed from.
  return value as ValueOf<S>;
}

/** The data of an event, in the order of the shape. */
export function writeShape<S extends Shape>(shape: S, value: ValueOf<S>): Record<string, unknown> {
  const data: Record<string, unknown> = {};
  const members = value as Readonly<Record<string, unknown>>;
  for (const [name, of] of Object.entries(shape)) {
    const member: unknown = members[name];
    if (member !== undefined) data[wireNameOf(name, of)] = of.write(member);
    else if ("absent" in of && of.absent === "null") data[wireNameOf(name, of)] = null;
  }
  return data;
}
