/**
 * Kinds of things a home gives names to. Each is also the name of a list in sentence templates: `turn on {lights}`.
 * Areas and floors are places, the rest are devices and services; `timers` are names the user gave to timers.
 */
export const NAME_KINDS = [
  "areas",
  "floors",
  "lights",
  "switches",
  "locks",
  "covers",
  "climate",
  "fans",
  "media_players",
  "vacuums",
  "scripts",
  "scenes",
  "todo_lists",
  "sensors",
  "binary_sensors",
  "weather",
  "people",
  "timers",
] as const;

export type NameKind = (typeof NAME_KINDS)[number];

/** What things are called in one language, as the home writes it; aliases are names of their own. */
export type HomeNames = Readonly<Partial<Record<NameKind, readonly string[]>>>;

/** The names of a home by language code without region. */
export type Home = ReadonlyMap<string, HomeNames>;

export const isNameKind = (text: string): text is NameKind => NAME_KINDS.some((kind) => kind === text);

/** How many names there are of all kinds. */
export const countNames = (names: HomeNames): number =>
  NAME_KINDS.reduce((sum, kind) => sum + (names[kind]?.length ?? 0), 0);
