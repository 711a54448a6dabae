import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { dirname, join } from "node:path";

/** A Python interpreter that has a certain package. */
export interface FoundPython {
  /** Absolute path of the interpreter. */
  readonly program: string;
  /** Version of the package as its files say, like `1.13.0`; undefined when they do not. */
  readonly packageVersion: string | undefined;
}

/** Where interpreters live: a virtual environment of the image first, then the system's. */
const BIN_FOLDERS = ["/opt/venv/bin", "/usr/local/bin", "/usr/bin"] as const;
const LIBRARY_FOLDERS = ["lib", "lib64", "local/lib"] as const;

/**
 * The first interpreter with a package next to it. Looks at files only: importing PyTorch, say, takes seconds and
 * 200 MB, and on some boards ends the process.
 * @param binFolders for tests
 */
export async function findPythonWith(
  packageName: string,
  binFolders: readonly string[] = BIN_FOLDERS,
): Promise<FoundPython | undefined> {
  for (const folder of binFolders) {
    const program = join(folder, "python3");
    if (!(await isFile(program))) continue;
    const found = await findPackage(packageName, dirname(folder), await interpreterName(program));
    if (found) return { program, packageVersion: await versionOf(found) };
  }
  return undefined;
}

/** `python3.11` of the file behind the link: packages of another version would not load. */
async function interpreterName(program: string): Promise<string> {
  const target = await realpath(program);
  return /python3\.\d+$/.exec(target)?.[0] ?? "python3";
}

async function findPackage(
  packageName: string,
  prefix: string,
  interpreter: string,
): Promise<string | undefined> {
  for (const library of LIBRARY_FOLDERS) {
    for (const version of await versionsIn(join(prefix, library), interpreter)) {
      for (const packages of ["site-packages", "dist-packages"]) {
        const folder = join(prefix, library, version, packages, packageName);
        if (await isFile(join(folder, "__init__.py"))) return folder;
      }
    }
  }
  return undefined;
}

/** Debian keeps packages of all versions in `python3`, others in a folder named for the version. */
async function versionsIn(library: string, interpreter: string): Promise<readonly string[]> {
  const names = await readdir(library).catch(() => []);
  return names
    .filter((name) => name === interpreter || name === "python3")
    .sort()
    .reverse();
}

async function versionOf(folder: string): Promise<string | undefined> {
  const text = await readFile(join(folder, "version.py"), "utf8").catch(() => "");
  return /__version__\s*=\s*['"](\d+(?:\.\d+)*)/.exec(text)?.[1];
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}
