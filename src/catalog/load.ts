import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { ConfigError } from "../base/errors.js";
import { Catalog } from "./catalog.js";
import { customModels } from "./custom-models.js";
import type { ModelManifest } from "./manifest.js";
import { parseCatalogFile } from "./parse-catalog-file.js";
import { PIPER_INDEX_FILE, type PiperIndex, parsePiperIndex } from "./piper-voices.js";

/** Where catalog files lie. */
export interface CatalogFolders {
  /** The program's own `models/`. */
  readonly program: string;
  /** The user's entries, which replace those of the same id. Need not exist. */
  readonly user?: string;
  /** The user's own voices and wake words, as files. Need not exist. */
  readonly custom?: string;
}

/**
 * Reads every `*.yaml` of the program and the user, the index of the Piper collection where the user has it, and the
 * user's own voices and wake words.
 * @param warn told of a file of the user's own that cannot become a model; the rest is loaded all the same.
 * @throws {ConfigError} `config-invalid`, with every mistake of every file, one on a line as `file:line: sentence`.
 */
export async function loadCatalog(
  { program, user, custom }: CatalogFolders,
  warn: (sentence: string) => void = () => undefined,
): Promise<Catalog> {
  const shipped = await readFolder(program, basename(program));
  const added = user === undefined ? { models: [], problems: [] } : await readFolder(user, user);
  const models = [...shipped.models, ...added.models];
  const problems = [
    ...shipped.problems,
    ...duplicates(shipped.models),
    ...added.problems,
    ...duplicates(added.models),
    ...ambiguousAliases(new Catalog(models).models),
  ];
  if (problems.length > 0) {
    const count = problems.length === 1 ? "a mistake" : `${problems.length} mistakes`;
    throw new ConfigError("config-invalid", `The model catalog has ${count}:\n${problems.join("\n")}`);
  }
  const own = custom === undefined ? { models: [], problems: [] } : await customModels(custom, models);
  for (const problem of own.problems) warn(problem);
  return new Catalog([...models, ...own.models], user === undefined ? undefined : await readIndex(user));
}

/** The index is only a help: without it, or with a damaged one, voices are found by their names alone. */
async function readIndex(user: string): Promise<PiperIndex | undefined> {
  return parsePiperIndex(await readFile(join(user, PIPER_INDEX_FILE), "utf8").catch(() => ""));
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
