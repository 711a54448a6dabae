import { PROVIDER_KINDS } from "./provider-options.js";
import type { Config } from "./schema.js";

/** What every provider's settings hold, whatever else they do. */
export interface CommonSettings {
  readonly enabled: boolean;
  readonly preload_models: boolean;
  readonly keep_alive: number;
  readonly priority: number;
  readonly model_path: string;
  readonly model_size?: string;
}

const COMMON: CommonSettings = {
  enabled: true,
  preload_models: false,
  keep_alive: -2,
  priority: 1,
  model_path: "",
};

/** Settings of a provider, whatever branch of `providers` they are on; defaults for one without a branch. */
export function providerSettings(
  config: Config,
  capability: keyof typeof PROVIDER_KINDS,
  name: string,
): CommonSettings & Readonly<Record<string, unknown>> {
  const branch = config.providers[PROVIDER_KINDS[capability]] as Readonly<Record<string, object>>;
  return { ...COMMON, ...branch[name] };
}

/** The keys a loader gets: those that the program itself reads are left out. */
export function loaderSettings(
  settings: CommonSettings & Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const own = { ...settings } as Record<string, unknown>;
  for (const key of [...Object.keys(COMMON), "model_size"]) delete own[key];
  return own;
}
