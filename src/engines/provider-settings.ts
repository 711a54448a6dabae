import { EngineError } from "../base/errors.js";
import type { LoadSpec } from "./capability.js";

/** How one setting of a provider is read. */
export interface Setting<T> {
  /** For the error: `one of cpu, cuda`. */
  readonly expects: string;
  /** Used when the setting is absent, null or empty. */
  readonly fallback: T;
  /** Undefined when the value is not acceptable. */
  parse(value: unknown): T | undefined;
}

/** A choice of words. */
export function oneOf<const W extends string>(words: readonly W[], fallback: W): Setting<W> {
  return {
    expects: `one of ${words.join(", ")}`,
    fallback,
    parse: (value) => words.find((word) => word === value),
  };
}

/** A whole number in a closed range. */
export function integer(min: number, max: number, fallback: number): Setting<number> {
  return {
    expects: `a whole number from ${min} to ${max}`,
    fallback,
    parse: (value) =>
      typeof value === "number" && Number.isInteger(value) && value >= min && value <= max
        ? value
        : undefined,
  };
}

/** Any text. */
export function text(fallback: string): Setting<string> {
  return {
    expects: "text",
    fallback,
    parse: (value) => (typeof value === "string" ? value : undefined),
  };
}

/** A number in a closed range. */
export function number(min: number, max: number, fallback: number): Setting<number> {
  return {
    expects: `a number from ${min} to ${max}`,
    fallback,
    parse: (value) => (typeof value === "number" && value >= min && value <= max ? value : undefined),
  };
}

/** A setting of the provider that another part of the program reads and has checked. */
export const readElsewhere: Setting<unknown> = { expects: "anything", fallback: "", parse: (value) => value };

/** Settings every provider has; they are for the residency and the catalog, not for the loader. */
const COMMON: readonly string[] = ["enabled", "preload_models", "keep_alive", "model_path"];

/**
 * A provider's settings by the rules it gives.
 * @throws {EngineError} `engine-load-failed` naming the first setting that is unknown or wrong
 */
export function readSettings<Rules extends Readonly<Record<string, Setting<unknown>>>>(
  spec: LoadSpec,
  rules: Rules,
): { readonly [Name in keyof Rules]: Rules[Name]["fallback"] } {
  const known = [...Object.keys(rules), ...COMMON];
  const stray = Object.keys(spec.settings).find((name) => !known.includes(name));
  if (stray !== undefined) {
    throw refusal(spec, `has no setting ${stray}; it knows ${Object.keys(rules).join(", ") || "none"}`);
  }
  const values: Record<string, unknown> = {};
  for (const [name, rule] of Object.entries(rules)) {
    const given = spec.settings[name];
    const value = given === undefined || given === null || given === "" ? rule.fallback : rule.parse(given);
    if (value === undefined) {
      throw refusal(spec, `needs ${rule.expects} as ${name}, not ${JSON.stringify(given)}`);
    }
    values[name] = value;
  }
  // Each name got the fallback or a parsed value of its own rule just above.
  return values as { readonly [Name in keyof Rules]: Rules[Name]["fallback"] };
}

function refusal({ provider }: LoadSpec, sentence: string): EngineError {
  return new EngineError("engine-load-failed", `The provider ${provider} ${sentence}.`);
}
