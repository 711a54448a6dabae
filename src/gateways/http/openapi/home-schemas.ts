import type { UnknownWord } from "../../../engines/capability.js";
import { NAME_KINDS } from "../../../home/names.js";
import type { HomeLanguage, HomeName, HomeSource, HomeTest, HomeView } from "../../../sessions/home.js";
import { count, flag, list, maybe, number, object, oneOf, ref, type Schema, text } from "./json-schema.js";

/** What the home is called, and its commands. */
export const HOME_SCHEMAS: Readonly<Record<string, Schema>> = {
  Home: object<HomeView>({
    off: maybe(text("Why there are no commands at all")),
    sources: list(
      object<HomeSource>({
        name: text("`Home Assistant`, or the path of a file"),
        problem: maybe(text("Why its names may be old")),
      }),
    ),
    languages: list(ref("HomeLanguage")),
  }),
  HomeTest: object<HomeTest>({
    language: text(),
    decision: oneOf(["accept", "dictate"]),
    text: text("The nearest sentence, as it is written; empty with none near"),
    intent: text(),
    distance: number("0 is the same, 1 shares nothing"),
    why: text(),
  }),
  HomeLanguage: object<HomeLanguage>({
    language: text(),
    names: list(object<HomeName>({ kind: oneOf(NAME_KINDS), name: text(), source: text() })),
    phrases: maybe(count("Distinct sentences; absent before they are made")),
    problems: list(text(), "Mistakes in sentence templates, and what was left out"),
    model: maybe(text("Who listens, or is to")),
    ready: flag("Commands are listened for now"),
    why: maybe(text("Why they are not")),
    unknownWords: list(
      object<UnknownWord>({
        word: text(),
        names: list(text(), "Those it occurs in"),
        respelled: maybe(text("What is listened for in its place")),
        suggestion: maybe(text("What could be said in its place")),
      }),
      "Of the model; known once it is ready",
    ),
  }),
};
