import type { Command } from "commander";
import { fromText } from "../../config/option.js";
import { leaves } from "../../config/schema.js";

/** Flags that set an option, by name; each has an environment twin through the option's own name. */
const FLAGS: readonly { readonly flag: string; readonly path: string }[] = [
  { flag: "--data-dir <folder>", path: "data_dir" },
  { flag: "--wyoming-port <port>", path: "wyoming.port" },
  { flag: "--http-port <port>", path: "http.port" },
  { flag: "--mqtt-url <url>", path: "mqtt.url" },
  { flag: "--mqtt-port <port>", path: "mqtt.port" },
  { flag: "--language <code>", path: "language" },
  { flag: "--memory-budget <size>", path: "memory_budget" },
  { flag: "--stt <model>", path: "stt" },
  { flag: "--tts <voice>", path: "tts" },
  { flag: "--log-level <level>", path: "log.level" },
];

/** Adds the option flags to a command. `serve` takes all, commands that only look for the house the first few. */
export function addOptionFlags(command: Command): Command {
  const options = leaves();
  for (const { flag, path } of FLAGS) {
    const option = options.get(path);
    command.option(flag, `${option?.doc ?? ""} [${path}]`);
  }
  return command.option("--config <file>", "YAML file with options");
}

/** The values given as flags, by option path. */
export function flagValues(given: Readonly<Record<string, unknown>>): ReadonlyMap<string, unknown> {
  const options = leaves();
  const values = new Map<string, unknown>();
  for (const { flag, path } of FLAGS) {
    const value = given[camelCase(flag)];
    const kind = options.get(path)?.kind;
    if (typeof value === "string" && kind) values.set(path, fromText(kind, value));
  }
  return values;
}

const camelCase = (flag: string): string =>
  flag.replace(/^--| <.*$/g, "").replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
