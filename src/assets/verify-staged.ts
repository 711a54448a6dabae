import { readdir, stat } from "node:fs/promises";
import { join, relative } from "node:path";
import { AssetError } from "../base/errors.js";
import type { ModelFile } from "../catalog/manifest.js";
import { hashFile } from "./disk/digest.js";
import { syncFile } from "./disk/durable.js";
import type { RecordedFile } from "./disk/record.js";
import { inspectFile } from "./inspect-file.js";
import { isFolder, type SourcePlan } from "./sources/plan.js";

/**
 * Checks every file of a model put together in `dir` against the catalog, makes it durable and hashes it.
 * @throws {AssetError} `asset-missing`, `asset-corrupt`
 */
export async function verifyStaged(
  dir: string,
  files: readonly ModelFile[],
  { sources, changedAtMs }: Pick<SourcePlan, "sources" | "changedAtMs">,
  signal: AbortSignal,
): Promise<readonly RecordedFile[]> {
  const recorded: RecordedFile[] = [];
  for (const file of files) {
    for (const path of await pathsOf(dir, file)) {
      const absolute = join(dir, path);
      await inspectFile(absolute, path);
      await syncFile(absolute);
      const { size: bytes } = await stat(absolute);
      const sha256 = await hashFile(absolute, signal);
      if (!isFolder(file)) compare(file, bytes, sha256);
      const changed = changedAtMs?.get(file.role);
      recorded.push({
        role: file.role,
        path,
        bytes,
        sha256,
        source: sources.get(file.role) ?? "",
        ...(changed !== undefined && { sourceChangedAtMs: changed }),
      });
    }
  }
  return recorded;
}

async function pathsOf(dir: string, file: ModelFile): Promise<readonly string[]> {
  const absolute = join(dir, file.path);
  const found = await stat(absolute).catch(() => undefined);
  if (!found || found.isDirectory() !== isFolder(file)) {
    throw new AssetError("asset-missing", `${file.path} is not among the files the source gave`);
  }
  if (!isFolder(file)) return [file.path];
  const inside = await readdir(absolute, { recursive: true, withFileTypes: true });
  const paths = inside
    .filter((entry) => entry.isFile())
    .map((entry) => relative(dir, join(entry.parentPath, entry.name)))
    .sort();
  if (paths.length === 0) throw new AssetError("asset-missing", `${file.path} is empty`);
  return paths;
}

function compare(file: ModelFile, bytes: number, sha256: string): void {
  if (bytes === 0) throw new AssetError("asset-corrupt", `${file.path} is empty`);
  if (file.bytes !== undefined && file.bytes !== bytes) {
    throw new AssetError("asset-corrupt", `${file.path} has ${bytes} bytes instead of ${file.bytes}`);
  }
  if (file.sha256 !== undefined && file.sha256 !== sha256) {
    throw new AssetError("asset-corrupt", `${file.path} has SHA-256 ${sha256} instead of ${file.sha256}`);
  }
}
