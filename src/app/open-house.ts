import type { Config } from "../config/schema.js";
import type { House } from "./house.js";
import { LocalHouse } from "./local-house.js";
import { RemoteHouse } from "./remote-house.js";
import { findServer } from "./state-file.js";

/** The running server on this data folder, or a short-lived house for one command. */
export async function openHouse(
  config: Config,
  env: Readonly<Record<string, string | undefined>>,
): Promise<House> {
  const server = findServer(config.data_dir);
  return server ? new RemoteHouse(server.httpUrl) : LocalHouse.open(config, env);
}
