import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Where a running server can be found by commands on the same machine. */
export interface ServerFile {
  readonly pid: number;
  readonly httpUrl: string;
}

/** A random id made at the first start and kept for ever: entity ids in Home Assistant hang on it. */
export function installId(dataDir: string): string {
  const path = join(dataDir, "state", "install-id");
  const known = read(path)?.trim();
  if (known && /^[0-9a-f]{8}$/.test(known)) return known;
  const made = randomBytes(4).toString("hex");
  write(path, `${made}\n`);
  return made;
}

export function writeServerFile(dataDir: string, server: ServerFile): void {
  write(serverPath(dataDir), JSON.stringify(server));
}

export function removeServerFile(dataDir: string): void {
  rmSync(serverPath(dataDir), { force: true });
}

/** The server that runs on this data folder, when its process is alive. */
export function findServer(dataDir: string): ServerFile | undefined {
  try {
    const server = JSON.parse(read(serverPath(dataDir)) ?? "") as ServerFile;
    process.kill(server.pid, 0);
    return server;
  } catch (error) {
    // No file, an unfinished one, or a process that has gone: nobody is there.
    if (error instanceof Error) return undefined;
    throw error;
  }
}

const serverPath = (dataDir: string): string => join(dataDir, "state", "server.json");

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Whole or not at all, also when power fails. */
function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, text, { flush: true });
  renameSync(temporary, path);
}
