import { type Home, type HomeNames, NAME_KINDS, type NameKind } from "../../home/names.js";
import type { HomeName } from "../../sessions/home.js";

/** Names of one source: by language, or the same in every language. */
export interface NameSource {
  /** For people. */
  readonly source: string;
  namesIn(language: string): HomeNames;
}

/** Of one who has a language for each of its names. */
export const byLanguage = (source: string, home: Home): NameSource => ({
  source,
  namesIn: (language) => home.get(language) ?? {},
});

/** Of Home Assistant, where a lamp has one name whatever is spoken. */
export const inEveryLanguage = (source: string, names: HomeNames): NameSource => ({
  source,
  namesIn: () => names,
});

/** All names in a language, each once by kind, with the first source that has it. */
export function gatherNames(sources: readonly NameSource[], language: string): readonly HomeName[] {
  return NAME_KINDS.flatMap((kind) => {
    const found = new Map<string, HomeName>();
    for (const { source, namesIn } of sources) {
      for (const name of namesIn(language)[kind] ?? []) {
        const key = name.toLowerCase();
        if (!found.has(key)) found.set(key, { kind, name, source });
      }
    }
    return [...found.values()];
  });
}

/** The same names by kind, as sentences take them. */
export function namesByKind(names: readonly HomeName[]): HomeNames {
  const kinds = new Map<NameKind, string[]>();
  for (const { kind, name } of names) {
    const own = kinds.get(kind) ?? [];
    own.push(name);
    kinds.set(kind, own);
  }
  return Object.fromEntries(kinds);
}
