import { pageFields } from "./page-fields.js";

type Values = Readonly<Record<string, unknown>>;

/**
 * Former names of page options, and the present ones. A former name stays here for ever: the Supervisor keeps what a
 * user once entered. Before the page was flat its options stood in groups, as they do in a YAML file.
 */
export function formerNames(): ReadonlyMap<string, string> {
  const moved = pageFields().filter(({ path, name }) => path !== undefined && path !== name);
  return new Map(moved.map(({ path, name }) => [path ?? "", name]));
}

/** Stored options under their present names. A present name that is set wins over its former one. Pure. */
export function migratePage(stored: Values): {
  readonly options: Values;
  /** `mqtt.url is now mqtt_url`, one for each. */
  readonly renamed: readonly string[];
} {
  const options: Record<string, unknown> = { ...stored };
  const renamed: string[] = [];
  for (const [former, present] of formerNames()) {
    const [group = "", key = ""] = former.split(".");
    const below = options[group];
    if (typeof below !== "object" || below === null || !(key in below)) continue;
    const { [key]: value, ...others } = below as Values;
    if (Object.keys(others).length > 0) options[group] = others;
    else delete options[group];
    options[present] ??= value;
    renamed.push(`${former} is now ${present}`);
  }
  return { options, renamed };
}
