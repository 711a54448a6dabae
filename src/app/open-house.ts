import type { Config } from "../config/schema.js";
import type { House } from "./house.js";
import { knownInstallId, readServerFile, type ServerFile } from "./state-file.js";

/** A server that is busy loading models still answers a question about itself within this. */
const PATIENCE_MS = 3_000;

export interface OpenHouseOptions {
  /** Logs what happens to models as well, where the house is one of our own. */
  readonly talkative?: boolean;
  /** Makes a house of its own even beside a running server, for questions about other settings than the server's. */
  readonly alone?: boolean;
  /** Told, in one sentence, what the user should know about how the command is answered. */
  readonly remark: (sentence: string) => void;
}

/** The running server on this data folder, or a short-lived house for one command. */
export async function openHouse(
  config: Config,
  env: Readonly<Record<string, string | undefined>>,
  { talkative, alone = false, remark }: OpenHouseOptions,
): Promise<House> {
  const server = readServerFile(config.data_dir);
  if (server && alone) {
    const { there } = await looksFor(server, knownInstallId(config.data_dir));
    if (there) remark("A server is running: memory that its models hold counts as taken here.");
  } else if (server) {
    const { there, why } = await looksFor(server, knownInstallId(config.data_dir));
    // Only what is used is imported: reading all of it takes seconds on a small board.
    if (there) return new (await import("./remote-house.js")).RemoteHouse(server.httpUrl, server.key);
    remark(`The last server on ${config.data_dir} ${why}, so the work is done here.`);
  }
  const { LocalHouse } = await import("./local-house.js");
  return LocalHouse.open(config, env, talkative);
}

/**
 * Whether the server really is there: after a crash its file stays, and another program may have its port or its
 * process id by now. Asking is the only proof, also across containers that do not see each other's processes.
 */
async function looksFor(
  { httpUrl, key }: ServerFile,
  installId: string | undefined,
): Promise<{ there: boolean; why: string }> {
  try {
    const response = await fetch(`${httpUrl}/healthz`, {
      signal: AbortSignal.timeout(PATIENCE_MS),
      headers: key === undefined ? {} : { authorization: `Bearer ${key}` },
    });
    const { installId: found } = (await response.json()) as { installId?: string };
    if (found !== undefined && found === installId) return { there: true, why: "" };
    return { there: false, why: `is gone, something else answers at ${httpUrl}` };
  } catch (error) {
    const late = error instanceof Error && error.name === "TimeoutError";
    return { there: false, why: late ? `does not answer at ${httpUrl}` : "has ended without saying so" };
  }
}
