import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { archiveKind } from "./magic.js";
import { ARCHIVE_LIMITS, type ArchiveLimits, MemberRules, refuse } from "./member-rules.js";
import { unpackTar } from "./tar.js";
import { tarBytes } from "./tar-bytes.js";
import type { UnpackTarget } from "./unpack-target.js";
import { unpackZip } from "./zip.js";

export interface Extraction {
  readonly archive: string;
  /** Made anew; must not exist. */
  readonly dir: string;
  /** Leading folders dropped from every member's path. Members that have no more than those are left out. */
  readonly stripComponents: number;
  /** Path under `dir` for a stripped member path; undefined leaves it out. */
  readonly place: (member: string) => string | undefined;
  readonly limits?: Partial<ArchiveLimits>;
  readonly onBytes: (unpackedBytes: number) => void;
  readonly signal: AbortSignal;
}

/**
 * Unpacks a zip, tar, tar.gz or tar.bz2, told apart by their first bytes. Either all of it is well or nothing is kept.
 * @throws {AssetError} `archive-refused`
 */
export async function extractArchive(extraction: Extraction): Promise<void> {
  const { archive, dir, stripComponents, signal, onBytes } = extraction;
  const kind = await archiveKind(archive);
  if (!kind) throw refuse("it is neither zip nor tar, tar.gz or tar.bz2");
  const { size } = await stat(archive);
  await mkdir(dir, { recursive: false });
  const target: UnpackTarget = {
    dir,
    place: (member) => {
      const stripped = member.split("/").slice(stripComponents).join("/");
      return stripped === "" ? undefined : extraction.place(stripped);
    },
    rules: new MemberRules({ ...ARCHIVE_LIMITS, ...extraction.limits }),
    onBytes,
    signal,
  };
  try {
    if (kind === "zip") await unpackZip(archive, size, target);
    else await unpackTar(tarBytes(archive, kind), size, target);
  } catch (error) {
    await rm(dir, { recursive: true, force: true });
    throw error;
  }
}

/** Moves everything up out of a single top folder, as Vosk's zips have one. Does nothing otherwise. */
export async function foldTopFolder(dir: string): Promise<void> {
  const [top, ...others] = await readdir(dir, { withFileTypes: true });
  if (!top?.isDirectory() || others.length > 0) return;
  // Under a name no member can have, so that a folder of its own name inside it is no obstacle.
  const aside = join(dir, "\u0001top");
  await rename(join(dir, top.name), aside);
  for (const name of await readdir(aside)) await rename(join(aside, name), join(dir, name));
  await rm(aside, { recursive: true });
}

/** True for members of a model's archive that no engine reads. */
export function isClutter(member: string): boolean {
  return member
    .split("/")
    .some(
      (part) => part.startsWith(".") || part === "test_wavs" || part === "__MACOSX" || part === "Thumbs.db",
    );
}
