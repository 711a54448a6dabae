import { mkdir, readdir, rename, stat } from "node:fs/promises";
import { join } from "node:path";
import { AssetError } from "../../base/errors.js";
import type { ModelFile, NpmMember, NpmSource } from "../../catalog/manifest.js";
import { extractArchive } from "../archive/extract.js";
import { unpackFiles } from "./archive-plan.js";
import { cook } from "./cook.js";
import type { Tarball } from "./npm-registry.js";
import { isFolder, type Kitchen, placeFile, type SourcePlan } from "./plan.js";

/** Asks the registry where a package lies. */
export type FindTarball = (spec: string, pinned: string | undefined) => Promise<Tarball>;

/** Tarballs carry the whole package; the largest one known unpacks to 250 MB. */
const LIMITS = { files: 20_000, totalBytes: 2 * 1024 ** 3, depth: 24, pathLength: 500 };

/**
 * Members of npm packages. The tarballs are fetched like any file, so that they resume; what the registry promises
 * about their contents is what they are checked against.
 * @throws {AssetError} `download-failed`, `asset-corrupt`
 */
export async function planNpm(
  source: NpmSource,
  files: readonly ModelFile[],
  findTarball: FindTarball,
): Promise<SourcePlan> {
  const packages = [...new Set(source.members.map((member) => member.package))];
  const downloads = await Promise.all(
    packages.map(async (spec) => {
      const pinned = source.members.find((member) => member.package === spec && member.integrity)?.integrity;
      const { url, integrity } = await findTarball(spec, pinned);
      return { key: keyOf(spec), unpacks: true, url, integrity };
    }),
  );
  return {
    downloads,
    assemble: async (fetched, kitchen) => {
      const raw = new Map<string, string>();
      for (const spec of packages) {
        const members = source.members.filter((member) => member.package === spec);
        const dir = kitchen.scratch(keyOf(spec));
        await unpackMembers(fetched.get(keyOf(spec)) ?? "", dir, members, kitchen);
        for (const { role, member } of members) raw.set(role, join(dir, member));
      }
      await assembleRoles(source.members, files, raw, kitchen);
    },
    sources: new Map(
      source.members.map(({ role, package: spec, member }) => [role, `npm:${spec}/${member}`]),
    ),
  };
}

async function unpackMembers(
  tarball: string,
  dir: string,
  members: readonly NpmMember[],
  { onUnpacked, signal }: Kitchen,
): Promise<void> {
  const wanted = members.map(({ member }) => member.replace(/\/+$/, ""));
  await extractArchive({
    archive: tarball,
    dir,
    // "package/" in most packages, another name in some.
    stripComponents: 1,
    place: (path) => (wanted.some((name) => path === name || path.startsWith(`${name}/`)) ? path : undefined),
    limits: LIMITS,
    onBytes: onUnpacked,
    signal,
  });
  for (const { package: spec, member } of members) {
    const found = await stat(join(dir, member)).catch(() => undefined);
    if (!found) throw new AssetError("asset-missing", `The npm package ${spec} does not contain ${member}`);
  }
}

async function assembleRoles(
  members: readonly NpmMember[],
  files: readonly ModelFile[],
  raw: ReadonlyMap<string, string>,
  kitchen: Kitchen,
): Promise<void> {
  const own = files.filter(({ role }) => raw.has(role));
  for (const folder of own.filter(isFolder)) {
    const path = raw.get(folder.role) ?? "";
    if ((await stat(path)).isDirectory()) {
      await moveFolder(path, join(kitchen.staging, folder.path));
    } else {
      kitchen.onExtract();
      await unpackFiles(path, { stripComponents: 0, members: { [folder.role]: "./" } }, [folder], kitchen);
    }
  }
  const recipes = Object.fromEntries(members.flatMap(({ role, recipe }) => (recipe ? [[role, recipe]] : [])));
  await cook(
    own.filter((file) => !isFolder(file)),
    raw,
    recipes,
    placeFile,
    kitchen,
  );
}

async function moveFolder(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const name of await readdir(from)) await rename(join(from, name), join(to, name));
}

const keyOf = (spec: string): string => spec.replace(/^@/, "").replaceAll("/", "+");
