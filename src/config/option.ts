import { parse } from "yaml";

/** How a value is written in text (environment, flag, option page) and what the schema of the add-on calls it. */
export type OptionKind = "bool" | "int" | "float" | "str" | "list" | "map" | "yaml";

/** One leaf of the configuration tree: what convict needs, and what documentation is made from. */
export interface Option<T> {
  readonly doc: string;
  readonly kind: OptionKind;
  readonly default: T;
  /** Completes "must be …". */
  readonly accepts: string;
  readonly format: (value: unknown) => void;
  readonly sensitive?: boolean;
  /** The Supervisor's name for the kind of value, as `int(1,3600)`. Absent where its options page knows none. */
  readonly pageType?: string;
  /** Name on the add-on's options page, which is flat. Absent: not offered there. */
  readonly pageName?: string;
}

/** Offers an option on the add-on's options page. */
export const onPage = <T>(pageName: string, offered: Option<T>): Option<T> => ({ ...offered, pageName });

/** Any other kind of value. */
export const option = <T>(
  kind: OptionKind,
  fallback: T,
  doc: string,
  accepts: string,
  valid: (value: unknown) => boolean,
  pageType?: string,
): Option<T> => ({
  ...(pageType === undefined ? {} : { pageType }),
  kind,
  default: fallback,
  doc,
  accepts,
  format(value) {
    if (!valid(value)) throw new Error(`must be ${accepts}`);
  },
});

export const bool = (fallback: boolean, doc: string): Option<boolean> =>
  option("bool", fallback, doc, "true or false", (value) => typeof value === "boolean", "bool");

export const int = (fallback: number, min: number, max: number, doc: string): Option<number> =>
  option(
    "int",
    fallback,
    doc,
    `a whole number from ${min} to ${max}`,
    (value) => Number.isInteger(value) && Number(value) >= min && Number(value) <= max,
    `int(${min},${max})`,
  );

export const float = (fallback: number, min: number, max: number, doc: string): Option<number> =>
  option(
    "float",
    fallback,
    doc,
    `a number from ${min} to ${max}`,
    (value) => typeof value === "number" && value >= min && value <= max,
    `float(${min},${max})`,
  );

export const str = (fallback: string, doc: string): Option<string> =>
  option("str", fallback, doc, "text", (value) => typeof value === "string", "str");

export const secret = (fallback: string, doc: string): Option<string> => ({
  ...str(fallback, doc),
  sensitive: true,
  pageType: "password",
});

/** Keeps an option's value out of logs and messages. */
export const hidden = <T>(secret: Option<T>): Option<T> => ({ ...secret, sensitive: true });

/** Text that matches a pattern, explained in words. */
export const match = (fallback: string, pattern: RegExp, accepts: string, doc: string): Option<string> =>
  option(
    "str",
    fallback,
    doc,
    accepts,
    (value) => typeof value === "string" && pattern.test(value),
    // The Supervisor reads the pattern as Python does, which has no flags outside of it.
    `match(${pattern.flags.includes("i") ? "(?i)" : ""}${pattern.source})`,
  );

export const oneOf = <const T extends string>(fallback: T, values: readonly T[], doc: string): Option<T> =>
  option(
    "str",
    fallback,
    doc,
    `one of ${values.join(", ")}`,
    (value) => values.includes(value as T),
    `list(${values.join("|")})`,
  );

/** One of a few whole numbers. */
export const oneOfNumbers = <const T extends number>(
  fallback: T,
  values: readonly T[],
  doc: string,
): Option<number> =>
  option("int", fallback, doc, `one of ${values.join(", ")}`, (value) => values.includes(value as T));

/** One name or a list of them. In text form: comma-separated. See `namesIn`. */
export const names = (fallback: string, doc: string): Option<string | readonly string[]> =>
  option(
    "str",
    fallback,
    doc,
    "a name or a list of names",
    (value) =>
      typeof value === "string" ||
      (Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === "string")),
    "str",
  );

/** The names in a value of the option `names`, in order. */
export const namesIn = (value: string | readonly string[]): readonly string[] =>
  (typeof value === "string" ? value.split(",") : value)
    .map((name) => name.trim())
    .filter((name) => name !== "");

/** TCP port by name. In text form: `name=port,name=port`. */
export const ports = (doc: string): Option<Readonly<Record<string, string | number>>> =>
  option(
    "map",
    {},
    doc,
    "a list of `name: port` pairs with ports from 0 to 65535",
    (value) =>
      typeof value === "object" &&
      value !== null &&
      !Array.isArray(value) &&
      Object.values(value).every((port) => /^\d{1,5}$/.test(String(port)) && Number(port) <= 65_535),
  );

/** A list of texts. In text form: comma-separated. */
export const list = (fallback: readonly string[], doc: string): Option<readonly string[]> =>
  option(
    "list",
    fallback,
    doc,
    "a list of texts",
    (value) => Array.isArray(value) && value.every((item) => typeof item === "string"),
  );

/** Text by name. In text form: `name=value,name=value`. */
export const map = (doc: string): Option<Readonly<Record<string, string>>> =>
  option(
    "map",
    {},
    doc,
    "a list of `name: text` pairs",
    (value) =>
      typeof value === "object" &&
      value !== null &&
      !Array.isArray(value) &&
      Object.values(value).every((item) => typeof item === "string"),
  );

/** Seconds to keep an idle model, −1 for ever. */
export const keepAlive = (doc: string): Option<number> => int(-1, -1, 31_536_000, doc);

/** The value a text stands for; the text itself when it is not of that kind, so that validation can say so. */
export function fromText(kind: OptionKind, text: string): unknown {
  switch (kind) {
    case "bool":
      return /^(true|yes|on|1)$/i.test(text) ? true : /^(false|no|off|0)$/i.test(text) ? false : text;
    case "int":
    case "float":
      return text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
    case "list":
      return text
        .split(",")
        .map((item) => item.trim())
        .filter((item) => item !== "");
    case "map":
      return Object.fromEntries(
        text
          .split(",")
          .filter((pair) => pair.trim() !== "")
          .map((pair) => {
            const cut = pair.indexOf("=");
            return cut < 0 ? [pair.trim(), ""] : [pair.slice(0, cut).trim(), pair.slice(cut + 1).trim()];
          }),
      );
    case "yaml":
      return parse(text);
    case "str":
      return text;
  }
}
