import { inflectRussian } from "./russian-cases.js";

const CASES = ["accusative", "genitive", "dative", "prepositional"] as const;
export type GrammaticalCase = (typeof CASES)[number];

export const isCase = (text: string): text is GrammaticalCase => CASES.some((known) => known === text);

/** The name as it sounds in a grammatical case; unchanged in languages whose names do not change. */
export function inflect(name: string, wanted: GrammaticalCase, language: string): string {
  return language === "ru" ? inflectRussian(name, wanted) : name;
}
