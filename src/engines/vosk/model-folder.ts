import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { messageOf } from "../../base/errors.js";
import { damaged } from "../model-path.js";
import { findFstDefect } from "./fst-structure.js";

export interface VoskModelFolder {
  /** Folder to hand to libvosk. */
  readonly dir: string;
  /** Whether a grammar can be given per utterance; a ready-made HCLG.fst forbids it. */
  readonly grammar: boolean;
}

/** Where files lie in models since 2020 and in the older ones without subfolders. */
const LAYOUTS = [
  { acoustic: "am/final.mdl", features: "conf/mfcc.conf", graphs: "graph" },
  { acoustic: "final.mdl", features: "mfcc.conf", graphs: "." },
] as const;

/**
 * Finds the model in a folder, or in its only subfolder, and makes sure that nothing is missing or cut short of which
 * libvosk itself would not complain.
 * @throws {EngineError} `engine-load-failed`
 */
export async function openModelFolder(dir: string): Promise<VoskModelFolder> {
  const inside = await onlySubfolder(dir);
  for (const folder of inside ? [dir, inside] : [dir]) {
    for (const layout of LAYOUTS) {
      if (!(await isFile(join(folder, layout.acoustic)))) continue;
      if (!(await isFile(join(folder, layout.features))))
        throw damaged(join(folder, layout.features), "it is missing");
      return { dir: folder, grammar: await checkGraphs(folder, layout.graphs) };
    }
  }
  throw damaged(dir, "am/final.mdl is missing");
}

/** @returns whether the graph is put together at run time, which a grammar needs. */
async function checkGraphs(dir: string, graphs: string): Promise<boolean> {
  const whole = join(dir, graphs, "HCLG.fst");
  if (await isFile(whole)) {
    checkGraph(whole);
    return false;
  }
  for (const name of ["HCLr.fst", "Gr.fst"]) {
    const part = join(dir, graphs, name);
    if (!(await isFile(part))) throw damaged(part, "it is missing");
    checkGraph(part);
  }
  return true;
}

function checkGraph(path: string): void {
  let defect: string | undefined;
  try {
    defect = findFstDefect(path);
  } catch (error) {
    throw damaged(path, messageOf(error), error);
  }
  if (defect !== undefined) throw damaged(path, defect);
}

async function isFile(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() === true;
}

async function onlySubfolder(dir: string): Promise<string | undefined> {
  const entries = await readdir(dir, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    throw damaged(dir, error.code === "ENOENT" ? "it is missing" : messageOf(error), error);
  });
  const folders = entries.filter((entry) => entry.isDirectory());
  return folders.length === 1 && folders[0] ? join(dir, folders[0].name) : undefined;
}
