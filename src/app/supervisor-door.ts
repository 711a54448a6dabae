import { hostname } from "node:os";
import { messageOf } from "../base/errors.js";
import { SupervisorApi } from "../gateways/supervisor/api.js";
import { WyomingDiscovery } from "../gateways/supervisor/discovery.js";
import { AddonStats } from "../gateways/supervisor/stats.js";
import { renameStoredOptions } from "../gateways/supervisor/stored-options.js";
import type { Core, CoreParts } from "./core.js";
import { supervisorAddress } from "./supervisor-address.js";

/** The Supervisor, as an add-on reaches it. */
export const supervisorApi = (env: CoreParts["env"]): SupervisorApi =>
  new SupervisorApi(supervisorAddress(env));

/** What the program tells the Supervisor, and asks of it, by itself. Nothing waits for it. */
export class SupervisorDoor {
  readonly #discovery: WyomingDiscovery;
  readonly #stats: AddonStats;

  constructor({ env, clock, log }: CoreParts, core: Pick<Core, "setAddon" | "touch">) {
    const api = supervisorApi(env);
    this.#stats = new AddonStats({ api, clock, log, changed: () => core.touch() });
    core.setAddon(() => this.#stats.latest);
    void this.#stats.start();
    this.#discovery = new WyomingDiscovery({ api, clock, log });
    void renameStoredOptions(api).then(
      (renamed) => {
        for (const change of renamed) log.info(`Options: ${change}; it takes effect at the next start`);
      },
      (error) => log.debug(`Stored options were not looked at: ${messageOf(error)}`),
    );
  }

  /** The host name of an add-on's container is its name in Home Assistant's network. */
  wyomingListens(port: number): void {
    void this.#discovery.announce(`tcp://${hostname()}:${port}`);
  }

  close(): void {
    this.#discovery.close();
    this.#stats.close();
  }
}
