import { type FileHandle, mkdir, open } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { MemberRules } from "./member-rules.js";

/** Where members go, and which. */
export interface UnpackTarget {
  /** A fresh, empty folder. */
  readonly dir: string;
  /** Path under `dir` for a member's path, or undefined to leave it out. */
  readonly place: (member: string) => string | undefined;
  readonly rules: MemberRules;
  readonly onBytes: (unpackedBytes: number) => void;
  readonly signal: AbortSignal;
}

/**
 * Writes one member. Bytes of members that are left out are counted all the same: they cost time.
 * @param packedBytes size of the archive.
 */
export async function writeMember(
  target: UnpackTarget,
  member: string,
  chunks: AsyncIterable<Uint8Array>,
  packedBytes: number,
): Promise<void> {
  const place = target.place(member);
  let handle: FileHandle | undefined;
  try {
    if (place !== undefined) {
      const path = join(target.dir, place);
      await mkdir(dirname(path), { recursive: true });
      // "wx": the folder was empty, so a file that exists came from this archive under another spelling.
      handle = await open(path, "wx", 0o644);
    }
    for await (const chunk of chunks) {
      target.signal.throwIfAborted();
      target.rules.unpacked(chunk.length, packedBytes);
      await handle?.writeFile(chunk);
      target.onBytes(chunk.length);
    }
  } finally {
    await handle?.close();
  }
}
