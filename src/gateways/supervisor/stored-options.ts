import { migratePage } from "../../config/former-options.js";
import type { SupervisorApi } from "./api.js";

/**
 * Gives the options that the Supervisor stores their present names. It drops unknown names before it writes the file
 * the program reads, so that what was renamed would be lost to everyone but the Supervisor itself.
 * @returns `mqtt.url is now mqtt_url`, one for each; empty when nothing had to be done. They take effect at the next start
 */
export async function renameStoredOptions(api: SupervisorApi): Promise<readonly string[]> {
  const { options: stored } = await api.get("/addons/self/info");
  if (typeof stored !== "object" || stored === null) return [];
  const { options, renamed } = migratePage(stored as Readonly<Record<string, unknown>>);
  if (renamed.length > 0) await api.post("/addons/self/options", { options });
  return renamed;
}
