import { open } from "node:fs/promises";

/** Kinds of archive that can be unpacked. */
export type ArchiveKind = "zip" | "tar" | "tar.gz" | "tar.bz2";

/** What an archive is by its first bytes; its name says nothing reliable. Undefined for anything else. */
export async function archiveKind(path: string): Promise<ArchiveKind | undefined> {
  const head = await readHead(path, 512);
  if (
    head.subarray(0, 4).equals(Buffer.from("PK\x03\x04")) ||
    head.subarray(0, 4).equals(Buffer.from("PK\x05\x06"))
  ) {
    return "zip";
  }
  if (head[0] === 0x1f && head[1] === 0x8b) return "tar.gz";
  if (head.subarray(0, 3).toString("latin1") === "BZh") return "tar.bz2";
  return head.subarray(257, 262).toString("latin1") === "ustar" ? "tar" : undefined;
}

/** First bytes of a file, fewer when it is shorter. */
export async function readHead(path: string, bytes: number): Promise<Buffer> {
  const handle = await open(path, "r");
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(bytes), 0, bytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
