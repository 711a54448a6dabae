import { open } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** What the ELF header of a shared library calls the processors we know. */
const ELF_MACHINES: Readonly<Record<string, number>> = { x64: 62, arm64: 183, arm: 40 };

/** Where installers put the library when the npm package has none for the processor. */
const SYSTEM_PATHS = [
  "/usr/local/lib/libvosk.so",
  "/usr/lib/libvosk.so",
  "/usr/lib/aarch64-linux-gnu/libvosk.so",
  "/usr/lib/x86_64-linux-gnu/libvosk.so",
  "/opt/vosk/libvosk.so",
];

const PACKAGE_FOLDERS: Readonly<Record<string, string>> = { x64: "linux-x86_64", arm64: "linux-arm64" };

export type LocatedLibrary =
  | { readonly ok: true; readonly path: string }
  | { readonly ok: false; readonly reason: string };

export interface LocateOptions {
  /** Looked at first, and alone when given. */
  readonly wanted?: string | undefined;
  /** Node's name of the processor. */
  readonly arch: string;
  /** Looked at in this order when nothing is wanted. */
  readonly candidates: readonly string[];
}

/** Places for libvosk on this machine: the npm package `vosk`, then the usual folders. */
export function libraryCandidates(arch: string = process.arch): readonly string[] {
  const folder = PACKAGE_FOLDERS[arch];
  const inPackage = folder && packageFile(join("lib", folder, "libvosk.so"));
  return inPackage ? [inPackage, ...SYSTEM_PATHS] : SYSTEM_PATHS;
}

/** The first libvosk that fits the processor, judged by its ELF header alone; nothing is loaded. */
export async function locateLibrary({ wanted, arch, candidates }: LocateOptions): Promise<LocatedLibrary> {
  const refused: string[] = [];
  for (const path of wanted ? [wanted] : candidates) {
    const machine = await elfMachine(path);
    if (machine === ELF_MACHINES[arch]) return { ok: true, path };
    if (machine === "unreadable") {
      if (wanted) refused.push(`${path} cannot be read`);
    } else refused.push(`${path} is not a library for ${arch}`);
  }
  const why = refused.length > 0 ? `: ${refused.join(", ")}` : "";
  return {
    ok: false,
    reason: `libvosk for ${arch} was not found${why}. Install libvosk.so in /usr/lib or set "library" to its path.`,
  };
}

function packageFile(member: string): string | undefined {
  try {
    return join(dirname(createRequire(import.meta.url).resolve("vosk/package.json")), member);
  } catch (error) {
    // An image without the package is fine as long as the library lies elsewhere.
    if ((error as NodeJS.ErrnoException).code === "MODULE_NOT_FOUND") return undefined;
    throw error;
  }
}

/** The processor a library was built for; `undefined` for files that are no 64- or 32-bit little-endian ELF. */
async function elfMachine(path: string): Promise<number | undefined | "unreadable"> {
  const header = Buffer.alloc(20);
  try {
    const file = await open(path, "r");
    try {
      await file.read(header, 0, header.length, 0);
    } finally {
      await file.close();
    }
  } catch {
    return "unreadable";
  }
  const isElf = header.readUInt32BE(0) === 0x7f454c46 && header[5] === 1;
  return isElf ? header.readUInt16LE(18) : undefined;
}
