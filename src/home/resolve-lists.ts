import { spellOut } from "../text/spell-out.js";
import { inflect, isCase } from "./inflect.js";
import { type HomeNames, isNameKind, type NameKind } from "./names.js";
import type { Entry, Pattern } from "./phrase-book.js";
import type { ListSource, NumberRange } from "./templates/sentence-file.js";

/** Lists under the names the field's templates use. */
const SYNONYMS: Readonly<Record<string, readonly NameKind[]>> = {
  area: ["areas"],
  floor: ["floors"],
  name: ["lights", "switches", "locks", "covers", "climate", "fans", "media_players", "vacuums", "sensors"],
};

/** Longest name that can be meant to be said, in words. */
const MAX_NAME_WORDS = 10;

export interface ListResolver {
  readonly language: string;
  readonly names: HomeNames;
  readonly sources: Readonly<Record<string, ListSource>>;
}

/**
 * What may be said where `{key}` stands. A grammatical case after a colon, `{areas:prepositional}`, gives names as they sound
 * there; any other word after the colon is a label.
 * @returns undefined when there is no such list; none where the home has no such names
 */
export function resolveList(
  key: string,
  { language, names, sources }: ListResolver,
): readonly Entry[] | undefined {
  const [list = "", form] = key.split(":");
  const kinds = isNameKind(list) ? [list] : SYNONYMS[list];
  const source = sources[list];
  if (!kinds && !source) return undefined;
  const called = (kinds ?? []).flatMap((kind) => names[kind] ?? []);
  const ofHome = called.flatMap((name) => nameEntry(name, language, form) ?? []);
  return unique([...ofHome, ...(source ? ownEntries(source, language) : [])]);
}

/** The list a reference in a template is about, whatever form it asks for. */
export const listKey = (reference: string): string => {
  const [list = "", form] = reference.split(":");
  return form !== undefined && isCase(form) ? reference : list;
};

function nameEntry(name: string, language: string, form: string | undefined): Entry | undefined {
  const text = name.normalize("NFC").replaceAll("’", "'").replace(/\s+/g, " ").trim();
  // What stands in brackets is a note, not a part of the name.
  const said = spellOut(text.replace(/\s*\([^)]*\)/g, "") || text, language).trim();
  if (said === "" || said.split(" ").length > MAX_NAME_WORDS) return undefined;
  const inflected = form !== undefined && isCase(form) ? inflect(said, form, language) : said;
  return { text, spoken: [...new Set([inflected, said])], name: true };
}

function ownEntries({ values, ranges }: ListSource, language: string): readonly Entry[] {
  return [
    ...values.flatMap(({ say, write }) => {
      const spoken = literals(say);
      if (write === undefined) return spoken.map((text) => ({ text, spoken: [spellOut(text, language)] }));
      return [{ text: write, spoken: spoken.map((text) => spellOut(text, language)) }];
    }),
    ...ranges.flatMap((range) => numberEntries(range, language)),
  ];
}

function numberEntries({ from, to, step, write }: NumberRange, language: string): readonly Entry[] {
  const plural = new Intl.PluralRules(language);
  const entries: Entry[] = [];
  for (let number = from; number <= to; number += step) {
    const form = write[plural.select(number)] ?? write["many"] ?? write["other"] ?? "#";
    const text = form.replaceAll("#", String(number));
    entries.push({ text, spoken: [spellOut(text, language)] });
  }
  return entries;
}

/** Every way to say a pattern of words alone. */
function literals(pattern: Pattern): readonly string[] {
  if ("words" in pattern) return [pattern.words];
  if ("any" in pattern) return pattern.any.flatMap(literals);
  if ("optional" in pattern) return ["", ...literals(pattern.optional)];
  if (!("all" in pattern)) return [];
  return pattern.all
    .map(literals)
    .reduce<readonly string[]>(
      (heads, tails) => heads.flatMap((head) => tails.map((tail) => `${head} ${tail}`.trim())),
      [""],
    );
}

/** Two names that differ in letter case are one; what is said for either stands for both. */
function unique(entries: readonly Entry[]): readonly Entry[] {
  const byText = new Map<string, Entry>();
  for (const entry of entries) {
    const key = entry.text.toLowerCase();
    const earlier = byText.get(key);
    byText.set(
      key,
      earlier ? { ...earlier, spoken: [...new Set([...earlier.spoken, ...entry.spoken])] } : entry,
    );
  }
  return [...byText.values()];
}
