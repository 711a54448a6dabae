import { spawn } from "node:child_process";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { pipeline } from "node:stream";
import { fileURLToPath } from "node:url";
import { createGunzip } from "node:zlib";
import { messageOf } from "../../base/errors.js";
import type { ArchiveKind } from "./magic.js";
import { refuse } from "./member-rules.js";

/**
 * The plain bytes of a tar, unpacked as they are read. Leaving the iteration early stops everything behind it.
 * @throws {AssetError} `archive-refused` when the packing is damaged or ends early
 */
export function tarBytes(path: string, kind: Exclude<ArchiveKind, "zip">): AsyncIterable<Uint8Array> {
  switch (kind) {
    case "tar":
      return createReadStream(path, { highWaterMark: 256 * 1024 });
    case "tar.gz":
      return gunzip(path);
    case "tar.bz2":
      return bunzip(path);
  }
}

async function* gunzip(path: string): AsyncGenerator<Uint8Array> {
  const gunzipped = createGunzip();
  // The error, if any, surfaces on the stream that is read below.
  pipeline(createReadStream(path, { highWaterMark: 256 * 1024 }), gunzipped, () => undefined);
  try {
    for await (const chunk of gunzipped) yield chunk as Uint8Array;
  } catch (error) {
    throw refuse(`it is damaged (${messageOf(error)})`, error);
  }
}

/** Stands in for the system's bzip2, which is several times quicker. */
const OWN_BUNZIP = fileURLToPath(new URL("./bunzip-main.js", import.meta.url));

async function* bunzip(path: string): AsyncGenerator<Uint8Array> {
  const isMissing = yield* unpackWith("bzip2", ["-dc"], path);
  if (isMissing) yield* unpackWith(process.execPath, [OWN_BUNZIP], path);
}

/** @returns true when there is no such program; nothing was yielded then. */
async function* unpackWith(
  program: string,
  args: readonly string[],
  path: string,
): AsyncGenerator<Uint8Array, boolean> {
  const input = await open(path, "r");
  const child = spawn(program, args, { stdio: [input.fd, "pipe", "pipe"] });
  const complaints: string[] = [];
  child.stderr?.setEncoding("utf8").on("data", (text: string) => complaints.push(text.slice(0, 500)));
  const ended = new Promise<{ readonly isMissing: boolean; readonly trouble?: string }>((resolve) => {
    child.once("error", (error: NodeJS.ErrnoException) =>
      resolve({ isMissing: error.code === "ENOENT", trouble: error.message }),
    );
    child.once("close", (code) => {
      const trouble = `it is damaged (${complaints.join("").trim().split("\n")[0]})`;
      resolve({ isMissing: false, ...(code === 0 ? {} : { trouble }) });
    });
  });
  try {
    for await (const chunk of child.stdout ?? []) yield chunk as Uint8Array;
    const { isMissing, trouble } = await ended;
    if (trouble && !isMissing) throw refuse(trouble);
    return isMissing;
  } finally {
    child.kill("SIGKILL");
    await ended;
    await input.close();
  }
}
