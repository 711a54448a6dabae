import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { extract, type Header } from "tar-stream";
import { AssetError, messageOf } from "../../base/errors.js";
import { type ArchiveMember, refuse } from "./member-rules.js";
import { type UnpackTarget, writeMember } from "./unpack-target.js";

/**
 * Unpacks a plain tar.
 * @param packedBytes size of the file the tar came from, for the ratio.
 * @throws {AssetError} `archive-refused`
 */
export async function unpackTar(
  chunks: AsyncIterable<Uint8Array>,
  packedBytes: number,
  target: UnpackTarget,
): Promise<void> {
  const tar = extract();
  // Our own failure below ends the iteration, which ends this pipeline with a less telling error.
  const fed = pipeline(Readable.from(chunks), tar).then(
    () => undefined,
    (error: unknown) => error,
  );
  let failure: unknown;
  try {
    for await (const entry of tar) {
      target.signal.throwIfAborted();
      const member = describe(entry.header);
      const name = target.rules.admit(member);
      // The type declarations leave open what a member yields; it is always bytes.
      const bytes = entry as AsyncIterable<Uint8Array>;
      if (member.kind === "file") await writeMember(target, name, bytes, packedBytes);
      else entry.resume();
    }
  } catch (error) {
    failure = error;
    tar.destroy();
  }
  const feedFailure = await fed;
  target.signal.throwIfAborted();
  // A damaged packing breaks the feed first and the tar because of it: the cause is the better message.
  const told = [feedFailure, failure].find((error) => error instanceof AssetError) ?? failure ?? feedFailure;
  if (told === undefined) return;
  throw isPlain(told) ? refuse(`it is not a whole tar (${messageOf(told)})`, told) : told;
}

function describe({ name, type }: Header): ArchiveMember {
  if (type === "directory") return { name, kind: "folder" };
  return { name, kind: type === "file" || type === "contiguous-file" ? "file" : "other" };
}

/** True for an error of the tar parser: not ours, not the file system's, not an abort. */
function isPlain(error: unknown): boolean {
  return (
    error instanceof Error &&
    !(error instanceof AssetError) &&
    error.name !== "AbortError" &&
    (error as NodeJS.ErrnoException).syscall === undefined
  );
}
