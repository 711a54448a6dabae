import { type FileHandle, open, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { type Clock, sleep } from "../base/clock.js";
import { MIB } from "../base/units.js";
import { headroomOf } from "./memory/budget.js";
import type { MemoryProbe } from "./memory/memory-probe.js";

const PIECE_BYTES = MIB;
/** Between two pieces; keeps an SD card free for others: at most 50 MB a second. */
const PAUSE_MS = 20;
/** Files are read only while so many times their size is left anyway. */
const PLENTY = 3;

/**
 * Reads a model's files once, at low priority, so that they lie in the machine's page cache when it is loaded: from a
 * card that takes several times as long. The cache costs nothing; the kernel drops it before anything else.
 * @param paths files, or folders with files
 * @returns bytes read; fewer than there are when memory is not plentiful
 * @throws the signal's reason
 */
export async function readIntoPageCache(
  paths: readonly string[],
  {
    probe,
    clock,
    signal,
  }: { readonly probe: MemoryProbe; readonly clock: Clock; readonly signal: AbortSignal },
): Promise<number> {
  const files = (await Promise.all(paths.map(filesBelow))).flat();
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const piece = Buffer.allocUnsafe(PIECE_BYTES);
  let read = 0;
  for (const { path } of files) {
    if (headroomOf(await probe.conditions()).bytes < PLENTY * (total - read)) break;
    const file = await open(path, "r");
    try {
      read += await readThrough(file, piece, clock, signal);
    } finally {
      await file.close();
    }
  }
  return read;
}

async function readThrough(
  file: FileHandle,
  piece: Buffer,
  clock: Clock,
  signal: AbortSignal,
): Promise<number> {
  let read = 0;
  for (;;) {
    signal.throwIfAborted();
    const { bytesRead } = await file.read(piece, 0, piece.length, null);
    if (bytesRead === 0) return read;
    read += bytesRead;
    await sleep(clock, PAUSE_MS, signal);
  }
}

async function filesBelow(
  path: string,
): Promise<readonly { readonly path: string; readonly bytes: number }[]> {
  const found = await stat(path);
  if (!found.isDirectory()) return [{ path, bytes: found.size }];
  const names = await readdir(path);
  return (await Promise.all(names.map((name) => filesBelow(join(path, name))))).flat();
}
