import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { AssetError, messageOf } from "../base/errors.js";

/** Where a running server can be found by commands on the same machine. */
export interface ServerFile {
  readonly pid: number;
  readonly httpUrl: string;
  /** Lets commands in where the server wants a token. Made anew at each start. */
  readonly key?: string;
}

/**
 * A random id made at the first start and kept for ever: entity ids in Home Assistant hang on it.
 * @throws {AssetError} `asset-missing` when the data folder cannot be used
 */
export function installId(dataDir: string): string {
  const known = knownInstallId(dataDir);
  if (known) return known;
  const made = randomBytes(4).toString("hex");
  try {
    writeWhole(installIdPath(dataDir), `${made}\n`);
  } catch (error) {
    throw new AssetError(
      "asset-missing",
      `The data folder ${dataDir} cannot be used: ${messageOf(error)}; check that it exists and is writable`,
      { cause: error },
    );
  }
  return made;
}

/** The id of an installation that has been started before. */
export function knownInstallId(dataDir: string): string | undefined {
  try {
    const known = readIfThere(installIdPath(dataDir))?.trim();
    return known && /^[0-9a-f]{8}$/.test(known) ? known : undefined;
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
}

export function writeServerFile(dataDir: string, server: ServerFile): void {
  // The key in it is for the user alone who runs the server.
  writeWhole(serverPath(dataDir), JSON.stringify(server), 0o600);
}

/** Takes our own file away; that of another server which has started since stays. */
export function removeServerFile(dataDir: string, pid = process.pid): void {
  if (readServerFile(dataDir)?.pid === pid) rmSync(serverPath(dataDir), { force: true });
}

/** What the last server on this data folder left; whether it still runs is another question. */
export function readServerFile(dataDir: string): ServerFile | undefined {
  try {
    const { pid, httpUrl, key } = JSON.parse(readIfThere(serverPath(dataDir)) ?? "{}") as Partial<ServerFile>;
    return typeof pid === "number" && typeof httpUrl === "string" && URL.canParse(httpUrl)
      ? { pid, httpUrl, ...(typeof key === "string" ? { key } : {}) }
      : undefined;
  } catch (error) {
    // An unfinished or unreadable file leads nowhere.
    if (error instanceof Error) return undefined;
    throw error;
  }
}

const installIdPath = (dataDir: string): string => join(dataDir, "state", "install-id");

const serverPath = (dataDir: string): string => join(dataDir, "state", "server.json");

/** A file's text; undefined where there is none. */
export function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Writes a file whole or not at all, also when power fails; makes its folder. */
export function writeWhole(path: string, text: string, mode = 0o644): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, text, { flush: true, mode });
  renameSync(temporary, path);
}
