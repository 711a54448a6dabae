import { parse } from "yaml";
import { HomeError, messageOf } from "../../base/errors.js";
import { baseLanguage } from "../../catalog/language.js";
import { type Home, type HomeNames, isNameKind, NAME_KINDS, type NameKind } from "../../home/names.js";

/** A mistake after which there may be more, all of them told at once. */
const MAX_TOLD = 8;
const MAX_NAME = 100;

/**
 * The names in a file of language → kind → names:
 *
 *     en:
 *       lights: [Bed Light, Standing Light]
 *
 * @param path for the message
 * @throws {HomeError} `home-file-invalid` with all that is wrong
 */
export function parseHomeFile(text: string, path: string): Home {
  const problems: string[] = [];
  const home = new Map<string, HomeNames>();
  for (const [language, kinds] of groupsOf(readYaml(text, path), "the file", problems)) {
    const code = baseLanguage(language);
    if (!/^[a-z]{2,3}$/.test(code)) problems.push(`${language} is no language code such as en`);
    const names = new Map<NameKind, readonly string[]>(
      Object.entries(home.get(code) ?? {}) as [NameKind, readonly string[]][],
    );
    for (const [kind, list] of groupsOf(kinds, language, problems)) {
      if (!isNameKind(kind)) {
        problems.push(`${language}.${kind} is no kind of names; there are ${NAME_KINDS.join(", ")}`);
        continue;
      }
      names.set(kind, [...(names.get(kind) ?? []), ...namesOf(list, `${language}.${kind}`, problems)]);
    }
    home.set(code, Object.fromEntries(names));
  }
  if (problems.length === 0) return home;
  const more = problems.length > MAX_TOLD ? ` (and ${problems.length - MAX_TOLD} more)` : "";
  throw invalid(path, `${problems.slice(0, MAX_TOLD).join("; ")}${more}`);
}

function readYaml(text: string, path: string): unknown {
  try {
    // Aliases could blow up a small file.
    return parse(text, { maxAliasCount: 100 });
  } catch (error) {
    throw invalid(path, messageOf(error), error);
  }
}

function groupsOf(value: unknown, where: string, problems: string[]): readonly [string, unknown][] {
  if (value === null || value === undefined) return [];
  if (typeof value === "object" && !Array.isArray(value)) return Object.entries(value);
  problems.push(`${where} must hold names by ${where === "the file" ? "language" : "kind"}`);
  return [];
}

function namesOf(value: unknown, where: string, problems: string[]): readonly string[] {
  if (value === null || value === undefined) return [];
  if (!Array.isArray(value)) {
    problems.push(`${where} must be a list of names`);
    return [];
  }
  return value.flatMap((name: unknown) => {
    // YAML reads 7 and yes as what they are not meant to be here.
    const text = typeof name === "string" || typeof name === "number" ? String(name).trim() : "";
    if (text !== "" && text.length <= MAX_NAME) return [text];
    problems.push(`${where} holds something that is no name: ${JSON.stringify(name)?.slice(0, 40)}`);
    return [];
  });
}

const invalid = (path: string, why: string, cause?: unknown): HomeError =>
  new HomeError("home-file-invalid", `${path} cannot be used: ${why}`, cause === undefined ? {} : { cause });
