import { type DeviceBundle, ORIGIN_NAME } from "./entities.js";
import type { Topics } from "./topics.js";

/** Longest discovery payload that is looked into, in bytes. */
const MAX_BYTES = 1024 ** 2;

/**
 * What to do about a bundle that lies on the broker: `orphan` is the whole device of a former installation of ours,
 * to be removed; `stale` are entities of this device that exist no more.
 */
export type Finding =
  | { readonly kind: "orphan" }
  | { readonly kind: "stale"; readonly entities: ReadonlyMap<string, string> };

/**
 * Recognises what we or a former installation left behind. A device is ours when it names our origin and hangs on our
 * status topic: another living installation has a base topic of its own.
 * @param current keys of the components there are now
 * @returns undefined for what is not ours or is in order
 */
export function examine(
  topic: string,
  payload: Uint8Array,
  { config, status }: Pick<Topics, "config" | "status">,
  current: ReadonlySet<string>,
): Finding | undefined {
  if (payload.length === 0 || payload.length > MAX_BYTES) return undefined;
  const text = Buffer.from(payload).toString();
  // Cheap before dear: most bundles on a broker are other people's.
  if (!text.includes(`"${ORIGIN_NAME}"`)) return undefined;
  const bundle = parse(text);
  if (bundle?.origin?.name !== ORIGIN_NAME || bundle.availability?.[0]?.topic !== status) return undefined;
  if (topic !== config) return { kind: "orphan" };
  const stale = Object.entries(bundle.components ?? {}).filter(
    // A component without id is the notice of its own removal.
    ([key, component]) => !current.has(key) && component?.unique_id !== undefined,
  );
  if (stale.length === 0) return undefined;
  return {
    kind: "stale",
    entities: new Map(stale.map(([key, component]) => [key, String(component?.platform)])),
  };
}

/** The bundle with notices of removal for entities that are gone, as it must be published once before without them. */
export function withRemovals(
  bundle: DeviceBundle,
  removed: ReadonlyMap<string, string>,
): Readonly<Record<string, unknown>> {
  const notices = [...removed].map(([key, platform]) => [key, { platform }]);
  return { ...bundle, components: { ...bundle.components, ...Object.fromEntries(notices) } };
}

/** Only what is looked at; anything may be missing in what lies on a broker. */
type Partly = {
  readonly origin?: { readonly name?: unknown };
  readonly availability?: readonly { readonly topic?: unknown }[];
  readonly components?: Readonly<
    Record<string, { readonly platform?: unknown; readonly unique_id?: unknown } | null>
  >;
};

function parse(text: string): Partly | undefined {
  try {
    const value: unknown = JSON.parse(text);
    // Every member is optional and of unknown type, so any object is one of these.
    return typeof value === "object" && value !== null ? (value as Partly) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
