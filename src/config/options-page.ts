import { ConfigError } from "../base/errors.js";
import { nest } from "./check.js";
import { migratePage } from "./former-options.js";
import type { Option } from "./option.js";
import { type PageField, pageFields } from "./page-fields.js";
import { PROVIDER_OPTIONS } from "./provider-options.js";

type Values = Readonly<Record<string, unknown>>;

/** What the Supervisor calls the type of a page option: a word, a list of one, or a list of one group. */
export type PageType = string | readonly [string] | readonly [Readonly<Record<string, string>>];

/** One entry of the list `schedules` as it is entered: models in one text, since lists nest only so deep. */
const SCHEDULE_TYPE = {
  cron: "str",
  action: "list(warm|unload|refresh)",
  models: "str",
  time_zone: "str?",
} as const;

/** `schema:` of the add-on's `config.yaml`. */
export function pageSchema(): Readonly<Record<string, PageType>> {
  return Object.fromEntries(pageFields().map((field) => [field.name, typeOf(field)]));
}

/** `options:` of the add-on's `config.yaml`: the defaults of all that is not optional. */
export function pageDefaults(): Values {
  const required = pageFields().filter((field) => !isOptional(field.option));
  return Object.fromEntries(required.map(({ name, option }) => [name, option.default]));
}

/**
 * The option tree from what the Supervisor stores of the options page. Groups of options as in a YAML file are taken
 * too.
 * @throws {ConfigError} `config-invalid` for a provider that does not exist
 */
export function fromOptionsPage(stored: object): {
  readonly tree: object;
  readonly renamed: readonly string[];
} {
  const { options, renamed } = migratePage(stored as Values);
  const flat = new Map<string, unknown>();
  const rest: Record<string, unknown> = {};
  const fields = new Map(pageFields().map((field) => [field.name, field]));
  for (const [name, value] of Object.entries(options)) {
    const field = fields.get(name);
    if (!field) rest[name] = value;
    // An optional field that was emptied says nothing; it must not hide what the YAML file says.
    else if (value === null || (value === "" && isOptional(field.option))) continue;
    else if (field.path === undefined) for (const path of preloadPaths(value)) flat.set(path, true);
    else flat.set(field.path, name === "schedules" ? readSchedules(value) : value);
  }
  return { tree: merge(rest, nest(flat)), renamed };
}

function typeOf({ name, option }: PageField): PageType {
  if (name === "schedules") return [SCHEDULE_TYPE];
  if (option.kind === "list") return ["str"];
  return `${option.pageType ?? "str"}${isOptional(option) ? "?" : ""}`;
}

const isOptional = (option: Option<unknown>): boolean => option.default === "";

/** `whisper` or `asr.whisper` → `providers.asr.whisper.preload_models`. */
function preloadPaths(value: unknown): readonly string[] {
  if (!Array.isArray(value))
    throw new ConfigError("config-invalid", "preload_models: must be a list of providers.");
  const known = Object.entries(PROVIDER_OPTIONS).flatMap(([kind, providers]) =>
    Object.keys(providers).map((provider) => ({ kind, provider })),
  );
  return value.map((wanted) => {
    const found = known.find(({ kind, provider }) =>
      [provider, `${kind}.${provider}`].includes(String(wanted)),
    );
    if (found) return `providers.${found.kind}.${found.provider}.preload_models`;
    const names = known.map(({ provider }) => provider).join(", ");
    throw new ConfigError(
      "config-invalid",
      `preload_models: there is no provider ${String(wanted)}; there are ${names}.`,
    );
  });
}

/** Models are entered as `whisper/tiny, espeak`. What is not a list of groups is left for the check to name. */
function readSchedules(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  return value.map((entry: unknown) => {
    if (typeof entry !== "object" || entry === null) return entry;
    const { models, ...others } = entry as Values;
    if (typeof models !== "string") return entry;
    const names = models.split(",").map((name) => name.trim());
    return { ...others, models: names.filter((name) => name !== "") };
  });
}

/** The second tree over the first, group by group. */
function merge(under: Values, over: Values): Values {
  const result: Record<string, unknown> = { ...under };
  for (const [key, value] of Object.entries(over)) {
    const below = result[key];
    result[key] = isGroup(below) && isGroup(value) ? merge(below, value) : value;
  }
  return result;
}

const isGroup = (value: unknown): value is Values =>
  typeof value === "object" && value !== null && !Array.isArray(value);
