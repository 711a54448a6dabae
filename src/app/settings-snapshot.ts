import type { Catalog } from "../catalog/catalog.js";
import { CAPABILITIES } from "../catalog/manifest.js";
import type { SettingsSnapshot } from "../sessions/snapshot.js";
import type { LiveSettings } from "./live-settings.js";

/** What can be set while running, as it is now: for each usable provider with models whether it is preloaded. */
export function settingsSnapshot(
  live: LiveSettings,
  catalog: Catalog,
  usable: ReadonlySet<string>,
): SettingsSnapshot {
  const preload = CAPABILITIES.flatMap((capability) => {
    const providers = new Set(catalog.byCapability(capability).map(({ provider }) => provider));
    return [...providers]
      .filter((provider) => usable.has(provider))
      .map((provider) => ({ capability, provider, on: live.preload(capability, provider) }));
  });
  return { keepAliveSeconds: live.config.keep_alive, preload };
}
