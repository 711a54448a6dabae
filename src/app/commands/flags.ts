import type { Command } from "commander";
import { fromText } from "../../config/option.js";
import { leaves } from "../../config/schema.js";

/** A flag that sets an option; each has an environment twin through the option's own name. */
interface Flag {
  readonly flag: string;
  readonly path: string;
}

const DATA_DIR: Flag = { flag: "--data-dir <folder>", path: "data_dir" };
const LOG_LEVEL: Flag = { flag: "--log-level <level>", path: "log.level" };
const LANGUAGE: Flag = { flag: "--language <code>", path: "language" };
const CHOICE: readonly Flag[] = [
  LANGUAGE,
  { flag: "--memory-budget <size>", path: "memory_budget" },
  { flag: "--stt <model>", path: "stt" },
  { flag: "--tts <voice>", path: "tts" },
];

/** Flags by the kind of command: what it does decides which options can matter to it. */
export const FLAGS = {
  serve: [
    DATA_DIR,
    { flag: "--wyoming-port <port>", path: "wyoming.port" },
    { flag: "--http-port <port>", path: "http.port" },
    { flag: "--mqtt-url <url>", path: "mqtt.url" },
    { flag: "--mqtt-port <port>", path: "mqtt.port" },
    ...CHOICE,
    LOG_LEVEL,
  ],
  /** Commands that ask the house something. */
  house: [DATA_DIR, LOG_LEVEL],
  /** Requests, which may be in another language than the house's own. */
  voice: [DATA_DIR, LANGUAGE, LOG_LEVEL],
  /** Commands that look at microphone and speaker. */
  audio: [
    { flag: "--microphone <device>", path: "local_audio.microphone" },
    { flag: "--speaker <device>", path: "local_audio.speaker" },
    { flag: "--backend <name>", path: "local_audio.backend" },
  ],
  /** Commands that answer "what if". */
  plan: [DATA_DIR, ...CHOICE, LOG_LEVEL],
} as const satisfies Readonly<Record<string, readonly Flag[]>>;
export type FlagSet = keyof typeof FLAGS;

/** Adds the flags of a kind of command. */
export function addOptionFlags(command: Command, set: FlagSet): Command {
  const options = leaves();
  for (const { flag, path } of FLAGS[set]) {
    const option = options.get(path);
    command.option(flag, `${option?.doc ?? ""} [${path}]`);
  }
  return command.option("--config <file>", "YAML file with options");
}

/** The values given as flags of a kind of command, by option path. */
export function flagValues(
  given: Readonly<Record<string, unknown>>,
  set: FlagSet,
): ReadonlyMap<string, unknown> {
  const options = leaves();
  const values = new Map<string, unknown>();
  for (const { flag, path } of FLAGS[set]) {
    const value = given[camelCase(flag)];
    const kind = options.get(path)?.kind;
    if (typeof value === "string" && kind) values.set(path, fromText(kind, value));
  }
  return values;
}

const camelCase = (flag: string): string =>
  flag.replace(/^--| <.*$/g, "").replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
