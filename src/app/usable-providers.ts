import type { Logger } from "../base/logger.js";
import { providerSettings } from "../config/provider-settings.js";
import type { Config } from "../config/schema.js";
import type { ProviderDescriptor } from "../engines/capability.js";

/** Providers the user has not switched off and this machine can run; the log says why others are not. */
export async function usableProviders(
  providers: readonly ProviderDescriptor[],
  config: Config,
  log: Logger,
): Promise<ReadonlySet<string>> {
  const usable = new Set<string>();
  for (const { name, capability, title, available } of providers) {
    if (!providerSettings(config, capability, name).enabled) continue;
    const availability = await available();
    if (availability.ok) usable.add(name);
    else log.warn(`${title} is not available: ${availability.reason}`, { provider: name });
  }
  return usable;
}
