import { type Option, option } from "./option.js";

/** One entry of `schedules`. */
export interface ScheduleSetting {
  readonly cron: string;
  readonly action: "warm" | "unload" | "refresh";
  /** Model ids. */
  readonly models: readonly string[];
  readonly time_zone?: string;
}

const ACTIONS = ["warm", "unload", "refresh"];
const KEYS = ["cron", "action", "models", "time_zone"];

/** A list of things to do by the clock. In the environment and in flags: the same as one line of YAML. */
export const schedules = (doc: string): Option<readonly ScheduleSetting[]> =>
  option(
    "yaml",
    [],
    doc,
    'a list of entries such as {cron: "0 7 * * *", action: warm, models: [whisper/tiny], time_zone: Europe/Berlin}; actions are warm, unload and refresh',
    (value) => Array.isArray(value) && value.every(isEntry),
  );

function isEntry(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const { cron, action, models, time_zone: zone } = value as Readonly<Record<string, unknown>>;
  return (
    Object.keys(value).every((key) => KEYS.includes(key)) &&
    typeof cron === "string" &&
    ACTIONS.includes(String(action)) &&
    Array.isArray(models) &&
    models.every((model) => typeof model === "string") &&
    (zone === undefined || typeof zone === "string")
  );
}
