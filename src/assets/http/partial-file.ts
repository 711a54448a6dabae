import { createReadStream } from "node:fs";
import { type FileHandle, mkdir, open, readFile, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { writeJson } from "../disk/durable.js";

/** What is known about the bytes of a partial file; kept beside it as `<file>.json`. */
export interface PartialNote {
  readonly url: string;
  /** Strong ETag or date of the version the bytes belong to; absent when the server names neither. */
  readonly validator?: string;
  readonly totalBytes?: number;
  /** Bytes known to have reached the disk. */
  readonly syncedBytes: number;
  /** The system's run in which the note was written: bytes after `syncedBytes` outlive a crash, not a power cut. */
  readonly bootId?: string;
  /** SHA-256 of the whole file, once it was complete and as expected. */
  readonly completeSha256?: string;
}

/** Half a download: bytes written in order, continued after a restart. One writer at a time. */
export class PartialFile {
  readonly path: string;
  #note: PartialNote | undefined;
  #bytes = 0;
  #handle: FileHandle | undefined;

  constructor(path: string) {
    this.path = path;
  }

  /** Bytes that may be built upon. */
  get bytes(): number {
    return this.#bytes;
  }

  get note(): PartialNote | undefined {
    return this.#note;
  }

  /** Opens what is on disk, cut back to what can be trusted. Without a readable note nothing can. */
  async open(): Promise<void> {
    await mkdir(dirname(this.path), { recursive: true });
    this.#note = await readNote(this.#notePath);
    this.#handle = await open(this.path, "a+");
    const { size } = await this.#handle.stat();
    const sameRun = this.#note?.bootId !== undefined && this.#note.bootId === (await bootId());
    this.#bytes = this.#note ? Math.min(size, sameRun ? size : this.#note.syncedBytes) : 0;
    if (this.#bytes < size) await this.#handle.truncate(this.#bytes);
  }

  /** Forgets all bytes and begins a new version of the file. */
  async restart(note: Pick<PartialNote, "url" | "validator" | "totalBytes">): Promise<void> {
    await this.#file.truncate(0);
    this.#bytes = 0;
    await this.#writeNote({ ...note, syncedBytes: 0 });
  }

  async append(chunk: Uint8Array): Promise<void> {
    let done = 0;
    while (done < chunk.length) {
      const { bytesWritten } = await this.#file.write(chunk, done, chunk.length - done);
      done += bytesWritten;
      this.#bytes += bytesWritten;
    }
  }

  /** Makes everything so far outlive a power cut. */
  async checkpoint(completeSha256?: string): Promise<void> {
    if (!this.#note) return;
    await this.#file.sync();
    await this.#writeNote({
      ...this.#note,
      syncedBytes: this.#bytes,
      ...(completeSha256 && { completeSha256 }),
    });
  }

  /** Hands every byte so far to `take`, in order. */
  async replay(take: (chunk: Uint8Array) => void, signal: AbortSignal): Promise<void> {
    if (this.#bytes === 0) return;
    const stream = createReadStream(this.path, { end: this.#bytes - 1, highWaterMark: 256 * 1024, signal });
    for await (const chunk of stream) take(chunk as Uint8Array);
  }

  async close(): Promise<void> {
    await this.#handle?.close();
    this.#handle = undefined;
  }

  /** Removes the file and its note. */
  async discard(): Promise<void> {
    await this.close();
    await rm(this.path, { force: true });
    await rm(this.#notePath, { force: true });
    this.#bytes = 0;
    this.#note = undefined;
  }

  get #notePath(): string {
    return `${this.path}.json`;
  }

  get #file(): FileHandle {
    if (!this.#handle) throw new Error(`${this.path} is not open`);
    return this.#handle;
  }

  async #writeNote(note: PartialNote): Promise<void> {
    const run = await bootId();
    this.#note = { ...note, ...(run && { bootId: run }) };
    await writeJson(this.#notePath, this.#note);
  }
}

async function readNote(path: string): Promise<PartialNote | undefined> {
  // Absent or half written: the bytes beside it prove nothing then.
  const text = await readFile(path, "utf8").catch(() => "null");
  try {
    const note: unknown = JSON.parse(text);
    const { url, syncedBytes } = (note ?? {}) as Partial<PartialNote>;
    return typeof url === "string" && typeof syncedBytes === "number" ? (note as PartialNote) : undefined;
  } catch {
    return undefined;
  }
}

/** Changes at every start of the system; undefined where the kernel does not tell. */
function bootId(): Promise<string | undefined> {
  return readFile("/proc/sys/kernel/random/boot_id", "utf8").then(
    (text) => text.trim(),
    () => undefined,
  );
}

/** Size of a finished or partial file; 0 when there is none. */
export function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}
