import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { ConfigError } from "../base/errors.js";
import { baseLanguage } from "../text/language.js";
import { parseSentenceFile } from "./templates/parse-sentence-file.js";
import type { SentenceFile } from "./templates/sentence-file.js";

/** Where sentence templates lie. */
export interface SentenceFolders {
  /** The program's own, a file to a language. */
  readonly program: string;
  /** The user's, added to them; files of any name. Need not exist. */
  readonly user?: string;
}

/**
 * The sentence templates of one language, the program's first. A mistake in a template leaves out that template alone.
 * @returns no files for a language without any, and each mistake as `file:line: sentence`
 * @throws {ConfigError} `config-invalid` when a folder cannot be read
 */
export async function loadSentences(
  { program, user }: SentenceFolders,
  language: string,
): Promise<{ readonly files: readonly SentenceFile[]; readonly problems: readonly string[] }> {
  const read = [
    ...(await readFolder(program, basename(program))),
    ...(user === undefined ? [] : await readFolder(user, user)),
  ];
  const wanted = baseLanguage(language);
  const ofLanguage = read.filter(({ sentences }) => !sentences || sentences.language === wanted);
  return {
    files: ofLanguage.flatMap(({ sentences }) => sentences ?? []),
    problems: ofLanguage.flatMap(({ problems }) => problems),
  };
}

/** Languages the program has sentence templates for. */
export async function sentenceLanguages(program: string): Promise<readonly string[]> {
  return (await yamlNames(program)).map((name) => name.replace(/\.ya?ml$/, "")).sort();
}

async function readFolder(
  dir: string,
  shown: string,
): Promise<readonly ReturnType<typeof parseSentenceFile>[]> {
  const names = await yamlNames(dir);
  return Promise.all(
    names.map(async (name) => parseSentenceFile(`${shown}/${name}`, await readFile(join(dir, name), "utf8"))),
  );
}

async function yamlNames(dir: string): Promise<readonly string[]> {
  const names = await readdir(dir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw new ConfigError(
      "config-invalid",
      `The folder of sentences ${dir} cannot be read: ${error.message}`,
      {
        cause: error,
      },
    );
  });
  return names.filter((name) => /\.ya?ml$/.test(name)).sort();
}
