import { existsSync, readFileSync } from "node:fs";
import { parseDocument } from "yaml";
import { ConfigError, messageOf } from "../base/errors.js";
import { buildConfig, nest } from "./check.js";
import { readEnvironment } from "./environment.js";
import { fromOptionsPage } from "./options-page.js";
import { withoutRetired } from "./retired-keys.js";
import { type Config, leaves } from "./schema.js";

/** Where the Supervisor leaves what the user entered on the options page. */
const SUPERVISOR_OPTIONS = "/data/options.json";
/** The add-on's folder that users see; it may hold the options the page does not have. */
const SUPERVISOR_FILE = "/config/irene.yaml";
/** Inside an add-on the container is the border: ports are opened there by the user, the page by the Supervisor. */
const SUPERVISOR_DEFAULTS = {
  data_dir: "/data",
  http: { host: "0.0.0.0" },
  home: { sentences: "/config/sentences" },
};

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
  /** Option paths that the environment or flags name. */
  readonly named: ReadonlySet<string>;
  readonly warnings: readonly string[];
  readonly underSupervisor: boolean;
}

/**
 * Settings from a YAML file, then the options page (inside an add-on), the environment, and flags; later ones win.
 * @throws {ConfigError} `config-invalid`
 */
export function loadConfig({ env, flags, file }: LoadRequest): LoadedConfig {
  const underSupervisor = (env["SUPERVISOR_TOKEN"] ?? "") !== "";
  const path = file ?? env["IRENE_CONFIG"] ?? (underSupervisor ? existing(SUPERVISOR_FILE) : undefined);
  const pagePath = underSupervisor ? existing(env["IRENE_OPTIONS_FILE"] ?? SUPERVISOR_OPTIONS) : undefined;
  const environment = readEnvironment(env, leaves());
  const page = fromOptionsPage(pagePath ? readFile(pagePath) : {});
  const fromFile = withoutRetired(path ? readFile(path) : {});
  const layers = [fromFile.layer, page.tree, nest(environment.values), nest(flags)];
  const defaults = underSupervisor ? [SUPERVISOR_DEFAULTS] : [];
  const config = buildConfig([...defaults, ...layers]);
  if (!underSupervisor) refuseOpenPort(config);
  return {
    config,
    sources: [
      ...[path, pagePath].filter((each) => each !== undefined),
      ...(environment.values.size > 0 ? [`environment (${[...environment.values.keys()].join(", ")})`] : []),
      ...(flags.size > 0 ? [`flags (${[...flags.keys()].join(", ")})`] : []),
    ],
    named: new Set([...environment.values.keys(), ...flags.keys()]),
    warnings: [
      ...fromFile.warnings,
      ...page.renamed.map((change) => `On the options page ${change}.`),
      ...environment.unknown.map((name) => `${name} in the environment stands for no option and is ignored.`),
    ],
    underSupervisor,
  };
}

/**
 * Who reaches the HTTP port can delete models and hear what is said: nobody opens it to others by leaving something out.
 * @throws {ConfigError} `config-invalid`
 */
function refuseOpenPort({ http: { enabled, host, token } }: Config): void {
  if (!enabled || token !== "" || /^(localhost|127(\.\d+){3}|::1)$/i.test(host)) return;
  throw new ConfigError(
    "config-invalid",
    `http.host ${host} lets other machines control this program. Set http.token (IRENE_HTTP__TOKEN) to 12 characters or more, set http.host to 127.0.0.1, or http.enabled to false.`,
  );
}

const existing = (path: string): string | undefined => (existsSync(path) ? path : undefined);

/** JSON is YAML, so one reader serves both. */
function readFile(path: string): Readonly<Record<string, unknown>> {
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
  // An object that is no list: its keys are looked at one by one.
  return tree as Readonly<Record<string, unknown>>;
}
