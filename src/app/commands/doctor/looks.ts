import { constants } from "node:fs";
import { access, mkdir, open, rm, statfs } from "node:fs/promises";
import { createServer } from "node:http";
import { delimiter, join, resolve } from "node:path";
import { messageOf } from "../../../base/errors.js";
import type { FolderFacts } from "./judge-disk.js";
import type { PortUse } from "./judge-network.js";

/** Writes a file into the folder, and takes it away again. */
export async function tryFolder(dataDir: string): Promise<FolderFacts> {
  const dir = resolve(dataDir);
  const path = join(dir, `.doctor-${process.pid}`);
  try {
    await mkdir(dir, { recursive: true });
    const file = await open(path, "w");
    try {
      await file.writeFile("x");
      await file.sync();
    } finally {
      await file.close();
      await rm(path, { force: true });
    }
    return { dir, fileSystem: (await statfs(dir)).type };
  } catch (error) {
    return { dir, obstacle: messageOf(error) };
  }
}

/** Bytes free on the disk of a folder, as any program may use them. */
export async function freeDiskBytes(dir: string): Promise<number> {
  const { bavail, bsize } = await statfs(resolve(dir));
  return bavail * bsize;
}

/** Whether a port can be listened on, found out by listening on it for a moment. */
export function tryPort(host: string, port: number): Promise<PortUse> {
  if (port === 0) return Promise.resolve("any");
  return new Promise((done) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) =>
      done(error.code === "EADDRINUSE" ? "taken" : { refused: messageOf(error) }),
    );
    server.listen({ host, port, exclusive: true }, () => server.close(() => done("free")));
  });
}

/** The first program of that name on the search path. */
export async function findProgram(name: string, searchPath: string): Promise<string | undefined> {
  for (const folder of searchPath.split(delimiter).filter((each) => each !== "")) {
    const path = join(folder, name);
    const isThere = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return path;
  }
  return undefined;
}
