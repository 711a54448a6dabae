import type { ModelManifest, ModelSource } from "../../../catalog/manifest.js";
import { providerSettings } from "../../../config/provider-settings.js";
import type { Config } from "../../../config/schema.js";
import type { ProviderDescriptor } from "../../../engines/capability.js";
import { findPythonWith } from "../../../engines/find-python.js";
import { PROVIDERS } from "../../../engines/registry.js";
import type { Environment } from "../command-line.js";
import type { Finding } from "./finding.js";
import { judgeBzip2, judgeProvider, judgeTorch } from "./judge-programs.js";
import { findProgram } from "./looks.js";

/** Providers and the programs some of them need. @param wanted models to be downloaded at the next start */
export async function examinePrograms(
  config: Config,
  env: Environment,
  wanted: readonly ModelManifest[],
): Promise<readonly Finding[]> {
  const providers = [...new Map(PROVIDERS.map((provider) => [provider.name, provider])).values()];
  const asked = providers.filter((provider) => isAskedFor(provider, config));
  const judged = providers.map(async (provider) => {
    const { name, title, capability } = provider;
    const { enabled } = providerSettings(config, capability, name);
    const availability = enabled ? await provider.available() : ({ ok: true } as const);
    return judgeProvider({ name, title, enabled, wanted: asked.includes(provider), availability });
  });
  const torch = await findPythonWith("torch");
  const silero = asked.filter(({ engine }) => engine === "pytorch").map(({ name }) => name);
  return [
    ...(await Promise.all(judged)),
    judgeTorch(torch && (torch.packageVersion ?? ""), silero),
    judgeBzip2(await findProgram("bzip2", env["PATH"] ?? ""), wanted.some(isBzip2Only)),
  ];
}

/** Named as the one to use, or to be loaded at start. */
function isAskedFor({ name, capability }: ProviderDescriptor, config: Config): boolean {
  const choices =
    capability === "stt" ? [config.stt].flat() : capability === "tts" ? [config.tts].flat() : [];
  const isChosen = choices.some((choice) => choice === name || choice.startsWith(`${name}/`));
  return isChosen || providerSettings(config, capability, name).preload_models;
}

function isBzip2Only({ sources }: ModelManifest): boolean {
  const isBzip2 = (source: ModelSource): boolean =>
    source.kind === "archive"
      ? /\.(bz2|tbz2?)$/.test(source.url)
      : source.kind === "parts" && source.parts.some(isBzip2);
  return sources.length > 0 && sources.every(isBzip2);
}
