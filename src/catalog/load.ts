import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { ConfigError } from "../base/errors.js";
import { Catalog } from "./catalog.js";
import type { ModelManifest } from "./manifest.js";
import { parseCatalogFile } from "./parse-catalog-file.js";

/** Where catalog files lie. */
export interface CatalogFolders {
  /** The program's own `models/`. */
  readonly program: string;
  /** The user's entries, which replace those of the same id. Need not exist. */
  readonly user?: string;
}

/**
 * Reads every `*.yaml` of both folders.
 * @throws {ConfigError} `config-invalid`, with every mistake of every file, one on a line as `file:line: sentence`.
 */
export async function loadCatalog({ program, user }: CatalogFolders): Promise<Catalog> {
  const own = await readFolder(program, basename(program));
  const added = user === undefined ? { models: [], problems: [] } : await readFolder(user, user);
  const models = [...own.models, ...added.models];
  const problems = [
    ...own.problems,
    ...duplicates(own.models),
    ...added.problems,
    ...duplicates(added.models),
    ...ambiguousAliases(new Catalog(models).models),
  ];
  if (problems.length > 0) {
    const count = problems.length === 1 ? "a mistake" : `${problems.length} mistakes`;
    throw new ConfigError("config-invalid", `The model catalog has ${count}:\n${problems.join("\n")}`);
  }
  return new Catalog(models);
}

async function readFolder(
  dir: string,
  shown: string,
): Promise<{ models: ModelManifest[]; problems: string[] }> {
  const names = await readdir(dir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw new ConfigError("config-invalid", `The catalog folder ${dir} cannot be read: ${error.message}`, {
      cause: error,
    });
  });
  const models: ModelManifest[] = [];
  const problems: string[] = [];
  for (const name of names.filter((file) => /\.ya?ml$/.test(file)).sort()) {
    const file = parseCatalogFile(`${shown}/${name}`, await readFile(join(dir, name), "utf8"));
    models.push(...file.models);
    problems.push(...file.problems);
  }
  return { models, problems };
}

function duplicates(models: readonly ModelManifest[]): readonly string[] {
  const first = new Map<string, ModelManifest>();
  return models.flatMap((model) => {
    const earlier = first.get(model.id);
    if (!earlier) first.set(model.id, model);
    return earlier ? [`${model.origin}: ${model.id} is already defined at ${earlier.origin}`] : [];
  });
}

function ambiguousAliases(models: readonly ModelManifest[]): readonly string[] {
  const owners = new Map(models.map((model) => [model.id, model]));
  return models.flatMap((model) =>
    (model.aliases ?? []).flatMap((alias) => {
      const id = `${model.provider}/${alias}`;
      const owner = owners.get(id);
      owners.set(id, owner ?? model);
      return owner ? [`${model.origin}: the alias ${id} already means ${owner.id}`] : [];
    }),
  );
}
