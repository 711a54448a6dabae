import type { Snapshot } from "../../sessions/snapshot.js";
import type { DiscoveryOptions } from "./options.js";
import type { Topics } from "./topics.js";

/** One entity inside the device bundle, in Home Assistant's own words. */
export interface Component {
  readonly platform: Platform;
  readonly unique_id: string;
  readonly default_entity_id: string;
  readonly name: string;
  readonly [option: string]: unknown;
}

export type Platform =
  | "sensor"
  | "binary_sensor"
  | "event"
  | "update"
  | "button"
  | "select"
  | "number"
  | "switch"
  | "notify";

/** Components by their key in the bundle. */
export type Components = Readonly<Record<string, Component>>;

/** A retained message: what a topic says at the moment. */
export interface TopicState {
  readonly topic: string;
  readonly payload: string;
}

/** All that entities are described from. */
export interface View {
  readonly snapshot: Snapshot;
  readonly options: DiscoveryOptions;
  readonly topics: Topics;
}

/**
 * A component with the ids that make it the same entity for ever.
 * @param key unique within the device; letters, digits and underscores
 * @param name as people read it; Home Assistant puts the device's name in front
 * @param entityKey proposed as entity id, where the key is not fit to be typed
 */
export function component(
  { topics }: View,
  platform: Platform,
  key: string,
  name: string,
  options: Readonly<Record<string, unknown>>,
  entityKey = key,
): Components {
  return {
    [key]: {
      platform,
      unique_id: `${topics.deviceId}_${key}`,
      default_entity_id: `${platform}.${topics.slug}_${entityKey}`,
      name,
      ...options,
    },
  };
}

/** Options of an entity whose attributes are on its own topic, below `attributes`. */
export function attributesFrom(topic: string): Readonly<Record<string, string>> {
  return { json_attributes_topic: topic, json_attributes_template: "{{ value_json.attributes | tojson }}" };
}

/** The state as JSON on its topic. Absent values are `null`, which Home Assistant shows as unknown. */
export function jsonState(topic: string, value: Readonly<Record<string, unknown>>): TopicState {
  return { topic, payload: JSON.stringify(value, (_, inner) => (inner === undefined ? null : inner)) };
}
