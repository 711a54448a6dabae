import { readFile } from "node:fs/promises";

/** `model.json`: what a present model consists of and where it came from. */
export interface ModelRecord {
  readonly format: 1;
  readonly id: string;
  /** ISO 8601. */
  readonly obtainedAt: string;
  /** Every file on disk, those inside a folder role one by one. */
  readonly files: readonly RecordedFile[];
}

export interface RecordedFile {
  readonly role: string;
  /** Inside the model's folder. */
  readonly path: string;
  readonly bytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
  /** Address, package or folder it came from. */
  readonly source: string;
  /** When the file it was copied from had last changed, in milliseconds; only for files of this machine. */
  readonly sourceChangedAtMs?: number;
}

/** The record at a path; undefined when there is none or it is not whole. */
export async function readRecord(path: string): Promise<ModelRecord | undefined> {
  const text = await readFile(path, "utf8").catch(() => "null");
  try {
    const record = JSON.parse(text) as ModelRecord | null;
    return record?.format === 1 && typeof record.id === "string" && Array.isArray(record.files)
      ? record
      : undefined;
  } catch {
    return undefined;
  }
}

export function totalBytes(record: ModelRecord): number {
  return record.files.reduce((sum, { bytes }) => sum + bytes, 0);
}
