import type { HomeNames, NameKind } from "../../home/names.js";

/** What Home Assistant tells of one home, as its WebSocket interface sends it; nothing of it is trusted. */
export interface CoreFacts {
  /** Result of `homeassistant/expose_entity/list`. */
  readonly exposed: unknown;
  /** Results of `config/entity_registry/get_entries`, merged: registry entry or null by entity id. */
  readonly entries: unknown;
  /** Result of `get_states`. */
  readonly states: unknown;
  /** Result of `config/area_registry/list`. */
  readonly areas: unknown;
  /** Result of `config/floor_registry/list`. */
  readonly floors: unknown;
}

/** What entities of a domain are to somebody who speaks. Domains that are not here cannot be spoken to. */
const KINDS: Readonly<Record<string, NameKind>> = {
  light: "lights",
  switch: "switches",
  input_boolean: "switches",
  humidifier: "switches",
  siren: "switches",
  automation: "switches",
  fan: "fans",
  cover: "covers",
  valve: "covers",
  lock: "locks",
  climate: "climate",
  water_heater: "climate",
  media_player: "media_players",
  vacuum: "vacuums",
  lawn_mower: "vacuums",
  script: "scripts",
  scene: "scenes",
  todo: "todo_lists",
  sensor: "sensors",
  binary_sensor: "binary_sensors",
  weather: "weather",
  person: "people",
  timer: "timers",
};

/** Nobody says more than this for one thing; longer names are not for speaking. */
const MAX_NAME = 100;
/** More names of one kind than any home has use for. */
const MAX_NAMES = 2_000;

/** Entities exposed to voice, in the order of their ids. */
export function exposedEntities(exposed: unknown): readonly string[] {
  const listed = fields(fields(exposed)["exposed_entities"]);
  return Object.keys(listed)
    .filter((id) => fields(listed[id])["conversation"] === true)
    .sort();
}

/**
 * Names and aliases of all that is exposed to voice, and of areas and floors. An entity is called what its state says,
 * or what the registry says while it has none.
 */
export function exposedNames({ exposed, entries, states, areas, floors }: CoreFacts): HomeNames {
  /** By small letters, which nobody hears. */
  const names = new Map<NameKind, Map<string, string>>();
  const add = (kind: NameKind, found: readonly unknown[]) => {
    const known = names.get(kind) ?? new Map<string, string>();
    for (const name of found.map(tidy)) {
      const key = name.toLowerCase();
      if (name !== "" && known.size < MAX_NAMES && !known.has(key)) known.set(key, name);
    }
    if (known.size > 0) names.set(kind, known);
  };
  for (const area of list(areas)) add("areas", [area["name"], ...aliases(area)]);
  for (const floor of list(floors)) add("floors", [floor["name"], ...aliases(floor)]);

  const friendly = new Map(
    list(states).map((state) => [state["entity_id"], fields(state["attributes"])["friendly_name"]]),
  );
  const registered = fields(entries);
  for (const id of exposedEntities(exposed)) {
    const kind = KINDS[id.slice(0, id.indexOf("."))];
    if (!kind) continue;
    const entry = fields(registered[id]);
    const called = [friendly.get(id), entry["name"], entry["original_name"]].find(
      (name) => tidy(name) !== "",
    );
    add(kind, [called, ...aliases(entry)]);
  }
  return Object.fromEntries([...names].map(([kind, known]) => [kind, [...known.values()]]));
}

/** In some versions an alias of null stands for the entity's own name, which is there already. */
const aliases = (thing: Fields): readonly unknown[] =>
  Array.isArray(thing["aliases"]) ? thing["aliases"] : [];

function tidy(name: unknown): string {
  if (typeof name !== "string" || name.length > MAX_NAME) return "";
  return name.normalize("NFC").replaceAll(/\s+/g, " ").trim();
}

type Fields = Readonly<Record<string, unknown>>;

const fields = (value: unknown): Fields =>
  // An object of JSON has no other keys than text.
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};

const list = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.map(fields) : []);
