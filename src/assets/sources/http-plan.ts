import type { HttpFilesSource, ModelFile } from "../../catalog/manifest.js";
import { cook } from "./cook.js";
import { type PlannedDownload, placeFile, type SourcePlan } from "./plan.js";

/** Single files over http(s). */
export function planHttp(source: HttpFilesSource, files: readonly ModelFile[]): SourcePlan {
  const recipes = source.recipes ?? {};
  const downloads = files.flatMap((file): PlannedDownload[] => {
    const url = source.urls[file.role];
    if (url === undefined) return [];
    // Size and SHA-256 are those of the finished file: what a recipe changes cannot be compared with them.
    const { bytes, sha256, md5 } = recipes[file.role] ? { md5: file.md5 } : file;
    const expected = { ...(bytes && { bytes }), ...(sha256 && { sha256 }), ...(md5 && { md5 }) };
    return [{ key: file.role, url, ...expected }];
  });
  return {
    downloads,
    assemble: (fetched, kitchen) => cook(files, fetched, recipes, placeFile, kitchen),
    sources: new Map(files.map(({ role }) => [role, source.urls[role] ?? `recipe ${recipes[role] ?? ""}`])),
  };
}
