import { copyFile, link, rename } from "node:fs/promises";
import type { ModelFile } from "../../catalog/manifest.js";
import type { Download } from "../http/downloader.js";

/** How one source gives a model's files: what to fetch, and how to make the files from it. */
export interface SourcePlan {
  readonly downloads: readonly PlannedDownload[];
  /**
   * Puts the plan's files into the kitchen's folder, under their paths.
   * @param fetched path of each download by key.
   * @throws {AssetError} `archive-refused`, `asset-corrupt`, `asset-missing`
   */
  readonly assemble: (fetched: ReadonlyMap<string, string>, kitchen: Kitchen) => Promise<void>;
  /** Where the file of each role came from, for the record. */
  readonly sources: ReadonlyMap<string, string>;
  /** When files on this machine last changed before they were copied, in milliseconds, by role. */
  readonly changedAtMs?: ReadonlyMap<string, number>;
}

export interface PlannedDownload extends Download {
  /** Unique within the model and the same in every run, so that a restart continues it. */
  readonly key: string;
  /** True for an archive, whose contents need room beside it. */
  readonly unpacks?: boolean;
}

/** Where a plan works. */
export interface Kitchen {
  /** The model's folder in the making. */
  readonly staging: string;
  /** Path of a new folder for intermediate files, not made yet. */
  readonly scratch: (name: string) => string;
  /** Called before an archive of the model is unpacked. */
  readonly onExtract: () => void;
  /** Called with the bytes unpacked since the last call. */
  readonly onUnpacked: (bytes: number) => void;
  readonly signal: AbortSignal;
}

/** True for a role that stands for a whole folder. */
export function isFolder(file: Pick<ModelFile, "path">): boolean {
  return file.path.endsWith("/");
}

/**
 * Puts a finished file in its place. The original stays where the file system can, so that a crash before publishing
 * does not cost the download.
 */
export async function placeFile(from: string, to: string): Promise<void> {
  await link(from, to).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code === "EXDEV") await copyFile(from, to);
    else if (error.code === "EEXIST") throw error;
    else await rename(from, to);
  });
}
