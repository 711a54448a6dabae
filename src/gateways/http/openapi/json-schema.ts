/** A JSON Schema, as far as answers of ours need it. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: "string" | "number" | "integer" | "boolean" | "array" | "object";
  readonly description?: string;
  readonly format?: string;
  readonly enum?: readonly string[];
  readonly const?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly required?: readonly string[];
  readonly oneOf?: readonly Schema[];
}

/** A property that may be absent. */
export interface Optional {
  readonly optional: Schema;
}

/** A schema for every property of a type: what is optional there must be optional here, and nothing may be forgotten. */
export type Properties<T> = {
  readonly [Key in keyof T]-?: undefined extends T[Key] ? Optional : Schema;
};

/** An object of exactly these properties. The compiler compares them with the type that is really sent. */
export function object<T extends object>(properties: Properties<T>, description?: string): Schema {
  const entries = Object.entries(properties as Readonly<Record<string, Schema | Optional>>);
  return {
    type: "object",
    ...described(description),
    properties: Object.fromEntries(
      entries.map(([name, schema]) => [name, "optional" in schema ? schema.optional : schema]),
    ),
    required: entries.filter(([, schema]) => !("optional" in schema)).map(([name]) => name),
    additionalProperties: false,
  };
}

/** A schema told once and named: `ref("Model")`. */
export const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });
export const maybe = (schema: Schema): Optional => ({ optional: schema });
export const text = (description?: string): Schema => ({ type: "string", ...described(description) });
export const flag = (description?: string): Schema => ({ type: "boolean", ...described(description) });
export const number = (description?: string): Schema => ({ type: "number", ...described(description) });
export const count = (description?: string): Schema => ({
  type: "integer",
  minimum: 0,
  ...described(description),
});
export const oneOf = (values: readonly string[], description?: string): Schema => ({
  type: "string",
  enum: values,
  ...described(description),
});
export const list = (items: Schema, description?: string): Schema => ({
  type: "array",
  items,
  ...described(description),
});
/** Bytes; never negative. */
export const bytes = (description?: string): Schema => ({
  type: "number",
  minimum: 0,
  ...described(description ?? "Bytes"),
});
/** Milliseconds; a fraction where it was measured so. */
export const milliseconds = (description = "Milliseconds"): Schema => number(description);
/** A moment as milliseconds since 1970. */
export const moment = (description = "Milliseconds since 1970"): Schema => number(description);

const described = (description: string | undefined) => (description === undefined ? {} : { description });
