import { existsSync, readFileSync } from "node:fs";
import { parseDocument } from "yaml";
import { ConfigError, messageOf } from "../base/errors.js";
import { buildConfig, nest } from "./check.js";
import { readEnvironment } from "./environment.js";
import { type Config, leaves } from "./schema.js";

/** Where the Supervisor leaves what the user entered on the options page. */
const SUPERVISOR_OPTIONS = "/data/options.json";

export interface LoadRequest {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Values from flags, by option path; they win over everything. */
  readonly flags: ReadonlyMap<string, unknown>;
  /** Configuration file named on the command line. */
  readonly file?: string;
}

export interface LoadedConfig {
  readonly config: Config;
  /** Where settings came from, for the log. */
  readonly sources: readonly string[];
  readonly warnings: readonly string[];
  readonly underSupervisor: boolean;
}

/**
 * Settings from the Supervisor's options (inside an add-on) or a YAML file, then the environment, then flags.
 * @throws {ConfigError} `config-invalid`
 */
export function loadConfig({ env, flags, file }: LoadRequest): LoadedConfig {
  const underSupervisor = (env["SUPERVISOR_TOKEN"] ?? "") !== "";
  const path = file ?? env["IRENE_CONFIG"] ?? supervisorOptions(underSupervisor, env);
  const environment = readEnvironment(env, leaves());
  const layers = [path ? readFile(path) : {}, nest(environment.values), nest(flags)];
  const defaults = underSupervisor ? [{ data_dir: "/data" }] : [];
  return {
    config: buildConfig([...defaults, ...layers]),
    sources: [
      ...(path ? [path] : []),
      ...(environment.values.size > 0 ? [`environment (${[...environment.values.keys()].join(", ")})`] : []),
      ...(flags.size > 0 ? [`flags (${[...flags.keys()].join(", ")})`] : []),
    ],
    warnings: environment.unknown.map(
      (name) => `${name} in the environment stands for no option and is ignored.`,
    ),
    underSupervisor,
  };
}

function supervisorOptions(
  underSupervisor: boolean,
  env: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const path = env["IRENE_OPTIONS_FILE"] ?? SUPERVISOR_OPTIONS;
  return underSupervisor && existsSync(path) ? path : undefined;
}

/** JSON is YAML, so one reader serves both. */
function readFile(path: string): object {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new ConfigError(
      "config-invalid",
      `The configuration file ${path} cannot be read: ${messageOf(error)}`,
      {
        cause: error,
      },
    );
  }
  const document = parseDocument(text, { prettyErrors: true });
  const [first] = document.errors;
  if (first) throw new ConfigError("config-invalid", `${path} is not valid YAML: ${first.message}`);
  const tree: unknown = document.toJS() ?? {};
  if (typeof tree !== "object" || tree === null || Array.isArray(tree)) {
    throw new ConfigError("config-invalid", `${path} must hold options as \`name: value\` lines.`);
  }
  return tree;
}
