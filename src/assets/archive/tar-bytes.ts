import { spawn } from "node:child_process";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { pipeline } from "node:stream";
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

/** The system's bzip2 is several times quicker than any of its JavaScript translations. */
async function* bunzip(path: string): AsyncGenerator<Uint8Array> {
  const input = await open(path, "r");
  const child = spawn("bzip2", ["-dc"], { stdio: [input.fd, "pipe", "pipe"] });
  const complaints: string[] = [];
  child.stderr?.setEncoding("utf8").on("data", (text: string) => complaints.push(text.slice(0, 500)));
  const ended = new Promise<string | undefined>((resolve) => {
    child.once("error", (error: NodeJS.ErrnoException) =>
      resolve(error.code === "ENOENT" ? "bzip2 is not installed; install the package bzip2" : error.message),
    );
    child.once("close", (code) =>
      resolve(code === 0 ? undefined : `it is damaged (${complaints.join("").trim().split("\n")[0]})`),
    );
  });
  try {
    for await (const chunk of child.stdout ?? []) yield chunk as Uint8Array;
    const trouble = await ended;
    if (trouble) throw refuse(trouble);
  } finally {
    child.kill("SIGKILL");
    await ended;
    await input.close();
  }
}
