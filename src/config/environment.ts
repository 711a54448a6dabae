import { fromText, type Option } from "./option.js";

/** A value from the environment or a flag, by option path. */
export type Layer = ReadonlyMap<string, unknown>;

export interface EnvironmentLayer {
  readonly values: Layer;
  /** IRENE_ names that stand for no option. */
  readonly unknown: readonly string[];
}

/** Names that carry the prefix but are not options. */
const RESERVED = new Set(["IRENE_SHARED", "IRENE_CONFIG", "IRENE_OPTIONS_FILE", "IRENE_SUPERVISOR_URL"]);

/**
 * The names under which an option is found in the environment. `providers.asr.whisper.preload_models` is
 * `IRENE_PROVIDERS__ASR__WHISPER__PRELOAD_MODELS`, or with kind and `PROVIDERS` swapped; a short path also goes
 * with single underscores: `IRENE_WYOMING_PORT`.
 */
export function environmentNames(path: string): readonly string[] {
  const parts = path.toUpperCase().split(".");
  const names = [`IRENE_${parts.join("__")}`];
  if (parts[0] === "PROVIDERS") names.push(`IRENE_${[parts[1], "PROVIDERS", ...parts.slice(2)].join("__")}`);
  else if (parts.length > 1) names.push(`IRENE_${parts.join("_")}`);
  return names;
}

/** Reads every option that the environment sets; names are matched without regard to case. */
export function readEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  options: ReadonlyMap<string, Option<unknown>>,
): EnvironmentLayer {
  const set = new Map<string, string>();
  for (const [name, value] of Object.entries(env)) {
    if (/^IRENE_/i.test(name) && value !== undefined) set.set(name.toUpperCase(), value);
  }
  const values = new Map<string, unknown>();
  for (const [path, option] of options) {
    for (const name of environmentNames(path)) {
      const text = set.get(name);
      if (text === undefined) continue;
      set.delete(name);
      if (!values.has(path)) values.set(path, fromText(option.kind, text));
    }
  }
  return { values, unknown: [...set.keys()].filter((name) => !RESERVED.has(name)) };
}
