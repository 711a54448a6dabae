import { chooseArena } from "./arena.js";
import type { Footprint } from "./footprint.js";
import { type FootprintBook, type FootprintKey, footprintKey, type LoadOptions } from "./footprint-book.js";
import type { ResidentModel } from "./resident-model.js";

/** The options a model loads with next. */
export function loadOptionsOf(model: ResidentModel, book: FootprintBook): LoadOptions {
  const { settings, threads, arena } = model;
  const options = { params: model.manifest.params, settings, threads };
  if (arena !== "auto") return { ...options, arena };
  const known = (choice: boolean) => book.find(keyOf(model, { arena: choice }));
  return { ...options, arena: chooseArena(known(true), known(false)) };
}

/** Asked for by every look at every model, and the same for ever but for the arena. */
const keys = new WeakMap<ResidentModel, Map<boolean, FootprintKey>>();

/** Where the book keeps what such a load costs. */
export function keyOf(model: ResidentModel, { arena }: Pick<LoadOptions, "arena">): FootprintKey {
  const known = keys.get(model) ?? new Map<boolean, FootprintKey>();
  keys.set(model, known);
  const { manifest, settings, threads } = model;
  const key =
    known.get(arena) ?? footprintKey(manifest.id, { params: manifest.params, settings, threads, arena });
  known.set(arena, key);
  return key;
}

/** What is known of the next load: its own figures, else those with the other choice of arena. */
export function knownFootprint(model: ResidentModel, book: FootprintBook): Footprint | undefined {
  const options = loadOptionsOf(model, book);
  return (
    book.find(keyOf(model, options)) ??
    (model.arena === "auto" ? book.find(keyOf(model, { arena: !options.arena })) : undefined)
  );
}
