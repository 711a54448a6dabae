import { AssetError } from "../../base/errors.js";
import { formatBytes, MIB } from "../../base/units.js";

/** Bounds on what one archive may unpack to. */
export interface ArchiveLimits {
  readonly files: number;
  readonly totalBytes: number;
  /** Unpacked bytes for each packed one; a bomb has thousands. */
  readonly ratio: number;
  readonly depth: number;
  readonly pathLength: number;
}

export const ARCHIVE_LIMITS: ArchiveLimits = {
  files: 5000,
  totalBytes: 4 * 1024 ** 3,
  ratio: 200,
  depth: 12,
  pathLength: 240,
};

/** What an archive says about one of its members. */
export interface ArchiveMember {
  readonly name: string;
  readonly kind: "file" | "folder" | "other";
}

/** Below this, a good ratio says nothing: a file of zeros is small either way. */
const RATIO_MATTERS_BYTES = 16 * MIB;

/**
 * Judges an archive member by member, before anything of it is written. The archive comes from a stranger: its
 * names, sizes and kinds are claims.
 */
export class MemberRules {
  readonly #limits: ArchiveLimits;
  readonly #names = new Set<string>();
  #bytes = 0;

  constructor(limits: ArchiveLimits) {
    this.#limits = limits;
  }

  /** @throws {AssetError} `archive-refused` when an archive announces more members than are allowed. */
  announced(members: number): void {
    if (members > this.#limits.files) throw refuse(`it has more than ${this.#limits.files} members`);
  }

  /**
   * The member's path with "/" between folders, safe to append to a folder.
   * @throws {AssetError} `archive-refused`
   */
  admit({ name, kind }: ArchiveMember): string {
    const shown = JSON.stringify(name.slice(0, 80));
    if (kind === "other") throw refuse(`${shown} is a link or a device, which no model needs`);
    if (this.#names.size >= this.#limits.files)
      throw refuse(`it has more than ${this.#limits.files} members`);
    if (name.includes("\0") || name.includes("\\")) throw refuse(`${shown} has forbidden characters`);
    if (name.startsWith("/") || /^[a-z]:/i.test(name)) throw refuse(`${shown} is an absolute path`);
    const parts = name.split("/").filter((part) => part !== "" && part !== ".");
    if (parts.includes("..")) throw refuse(`${shown} leads out of the folder`);
    if (parts.length > this.#limits.depth) throw refuse(`${shown} lies too deep`);
    const path = parts.join("/");
    if (Buffer.byteLength(path) > this.#limits.pathLength) throw refuse(`${shown} is too long a path`);
    // Folders may be repeated; two files of one name, or that differ by letter case only, hide one another.
    const key = `${kind}:${path.normalize("NFC").toLowerCase()}`;
    if (kind === "file" && this.#names.has(key)) throw refuse(`${shown} is in it twice`);
    this.#names.add(key);
    return path;
  }

  /**
   * Counts unpacked bytes while they appear.
   * @param packedBytes size of the archive.
   * @throws {AssetError} `archive-refused`
   */
  unpacked(bytes: number, packedBytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes > this.#limits.totalBytes) {
      throw refuse(`it unpacks to more than ${formatBytes(this.#limits.totalBytes)}`);
    }
    if (this.#bytes > RATIO_MATTERS_BYTES && this.#bytes > packedBytes * this.#limits.ratio) {
      throw refuse(`it unpacks to more than ${this.#limits.ratio} times its size`);
    }
  }
}

/** The error for an archive that is not safe or not whole. */
export function refuse(why: string, cause?: unknown): AssetError {
  return new AssetError(
    "archive-refused",
    `The archive was refused: ${why}; nothing of it was kept`,
    cause === undefined ? {} : { cause },
  );
}
