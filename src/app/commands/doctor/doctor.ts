import { messageOf } from "../../../base/errors.js";
import { silentLogger } from "../../../base/logger.js";
import type { LoadedConfig } from "../../../config/load.js";
import { parseBudgetOption } from "../../../residency/memory/budget.js";
import { installedCatalog } from "../../installed-catalog.js";
import type { CommandCall, Environment } from "../command-line.js";
import { EXIT, type ExitCode } from "../exit-code.js";
import { examineHouse } from "./examine-house.js";
import { examineMachine } from "./examine-machine.js";
import { examineNetwork } from "./examine-network.js";
import { examinePrograms } from "./examine-programs.js";
import { about, type Finding } from "./finding.js";

/** `irene doctor`: looks at everything a working house needs. Exit code 1 when something cannot work as it is. */
export async function doctor(
  load: () => LoadedConfig,
  env: Environment,
  { flags, output }: CommandCall,
): Promise<ExitCode> {
  const findings = await examine(load, env, flags["files"] === true);
  if (output.json) output.line(JSON.stringify(findings, null, 2));
  else output.line(findingsText(findings));
  return findings.some(({ level }) => level === "fail") ? EXIT.failed : EXIT.done;
}

async function examine(
  load: () => LoadedConfig,
  env: Environment,
  deep: boolean,
): Promise<readonly Finding[]> {
  const { loaded, finding } = settings(load);
  const machine = await examineMachine(parseBudgetOption(loaded?.config.memory_budget ?? "auto"));
  if (!loaded) return [finding, ...machine];
  const { config } = loaded;
  const house = await examineHouse(config, env, deep);
  const models = await installedCatalog(config, silentLogger).then(
    (catalog) => catalog.models,
    // The house has said so already.
    () => [],
  );
  const downloads = new Set(house.foresight?.downloads.map(({ model }) => model));
  const wanted = models.filter(({ id }) => downloads.has(id));
  const [programs, network] = await Promise.all([
    examinePrograms(config, env, wanted),
    examineNetwork({ loaded, env, models, wanted, running: house.running }),
  ]);
  return [finding, ...machine, ...house.findings, ...programs, ...network];
}

function settings(load: () => LoadedConfig): {
  readonly loaded: LoadedConfig | undefined;
  readonly finding: Finding;
} {
  const { ok, warn, fail } = about("settings");
  try {
    const loaded = load();
    const from = loaded.sources.length > 0 ? loaded.sources.join(", ") : "defaults";
    const [warning] = loaded.warnings;
    return {
      loaded,
      finding: warning
        ? warn(loaded.warnings.join(" "), "Correct or remove it.")
        : ok(`The settings are valid, from ${from}.`),
    };
  } catch (error) {
    return {
      loaded: undefined,
      finding: fail(messageOf(error), "Correct it; the program does not start so."),
    };
  }
}

const WIDTH = Math.max(...["ok", "warn", "fail"].map(({ length }) => length));

/** The findings for people, a line each and one below for what to do. */
export function findingsText(findings: readonly Finding[]): string {
  const count = (wanted: Finding["level"]) => findings.filter(({ level }) => level === wanted).length;
  const lines = findings.flatMap(({ level, message, advice }) => [
    `${level.padEnd(WIDTH)}  ${message.replaceAll("\n", `\n${" ".repeat(WIDTH + 2)}`)}`,
    ...(advice ? [`${" ".repeat(WIDTH)}  → ${advice}`] : []),
  ]);
  const summary = `${findings.length} checks: ${count("ok")} ok, ${count("warn")} to look at, ${count("fail")} failed`;
  return [...lines, "", summary].join("\n");
}
