import { readdir, rename, stat } from "node:fs/promises";
import { join } from "node:path";
import { AssetError } from "../../base/errors.js";
import type { ArchiveSource, ModelFile } from "../../catalog/manifest.js";
import { extractArchive, foldTopFolder, isClutter } from "../archive/extract.js";
import { isFolder, type Kitchen, type SourcePlan } from "./plan.js";

/** An archive over http(s). */
export function planArchive(source: ArchiveSource, files: readonly ModelFile[]): SourcePlan {
  const { url, bytes, sha256 } = source;
  return {
    downloads: [{ key: "archive", unpacks: true, url, ...(bytes && { bytes }), ...(sha256 && { sha256 }) }],
    assemble: async (fetched, kitchen) => {
      kitchen.onExtract();
      await unpackFiles(fetched.get("archive") ?? "", source, files, kitchen);
    },
    sources: new Map(files.map(({ role }) => [role, url])),
  };
}

/** How an archive's members relate to a model's files. */
export interface ArchiveShape {
  readonly stripComponents: number;
  readonly members?: Readonly<Record<string, string>>;
  readonly maxUnpackedBytes?: number;
}

/**
 * Unpacks the wanted members into the kitchen's folder and makes sure that none is missing.
 * @throws {AssetError} `archive-refused`, `asset-missing`
 */
export async function unpackFiles(
  archive: string,
  { stripComponents, members, maxUnpackedBytes }: ArchiveShape,
  files: readonly ModelFile[],
  { staging, scratch, onUnpacked, signal }: Kitchen,
): Promise<void> {
  const wanted = files.map((file) => ({
    path: file.path,
    member: normal(members?.[file.role] ?? file.path),
  }));
  const dir = scratch("unpacked");
  await extractArchive({
    archive,
    dir,
    stripComponents,
    place: (member) => (isClutter(member) ? undefined : placeOf(member, wanted)),
    ...(maxUnpackedBytes && { limits: { totalBytes: maxUnpackedBytes } }),
    onBytes: onUnpacked,
    signal,
  });
  // Only where everything is wanted can a top folder be told from a wanted one.
  const whole =
    stripComponents === 0 && wanted.find(({ path, member }) => path.endsWith("/") && member === "");
  if (whole) await foldTopFolder(join(dir, normal(whole.path)));
  for (const file of files) await requirePresent(join(dir, normal(file.path)), file);
  for (const name of await readdir(dir)) await rename(join(dir, name), join(staging, name));
}

function placeOf(
  member: string,
  wanted: readonly { readonly path: string; readonly member: string }[],
): string | undefined {
  for (const { path, member: name } of wanted) {
    if (!path.endsWith("/")) {
      if (member === name) return path;
    } else if (name === "" || member.startsWith(`${name}/`)) {
      return join(path, member.slice(name === "" ? 0 : name.length + 1));
    }
  }
  return undefined;
}

async function requirePresent(path: string, file: ModelFile): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found && found.isDirectory() === isFolder(file)) return;
  throw new AssetError(
    "asset-missing",
    `The archive does not contain ${file.path}; its layout may have changed`,
  );
}

/** "model/" and "./" without what only marks them as folders. */
const normal = (path: string): string =>
  path
    .split("/")
    .filter((part) => part !== "" && part !== ".")
    .join("/");
