import { MIB } from "../../base/units.js";
import { type ModelSnapshot, RESIDENCY_STATES, type Snapshot } from "../../sessions/snapshot.js";
import {
  attributesFrom,
  type Components,
  component,
  jsonState,
  type Platform,
  type TopicState,
  type View,
} from "./component.js";
import { slugOf, uniqueSlug } from "./slug.js";

/**
 * States of a model's sensor: its life on disk, then its life in memory, as one word.
 *
 * | word | means |
 * |---|---|
 * | `missing` `corrupt` | not on disk, or not as it should be, and not in memory either |
 * | `downloading` `verifying` `extracting` | on its way to the disk |
 * | `cold` | on disk, not in memory |
 * | `loading` `warming` `ready` `draining` | in memory, or on its way there or out |
 * | `failed` | could not be loaded; the reason is in the attribute `error` |
 */
export const MODEL_STATES = [
  "missing",
  "corrupt",
  "downloading",
  "verifying",
  "extracting",
  ...RESIDENCY_STATES,
] as const;
export type ModelStateName = (typeof MODEL_STATES)[number];

const DIAGNOSTIC = { entity_category: "diagnostic" } as const;
const HIDDEN = { enabled_by_default: false } as const;

/** The one word for a model's state. What happens on disk explains a wait better than `loading` does. */
export function modelStateName({ asset, state }: Pick<ModelSnapshot, "asset" | "state">): ModelStateName {
  const isInMemory = state === "ready" || state === "warming" || state === "draining";
  if (isInMemory || asset.name === "present") return state;
  if (asset.name === "downloading" || asset.name === "verifying" || asset.name === "extracting") {
    return asset.name;
  }
  return state === "cold" ? asset.name : state;
}

/**
 * The models worth showing: on disk or on the way there, in memory, chosen, or failed. The rest of the catalog would
 * only be noise.
 */
export function modelsShown({ models, choices }: Snapshot): readonly ModelSnapshot[] {
  const chosen = new Set(choices.map(({ model }) => model));
  return models.filter(
    ({ id, asset, state, reason, error }) =>
      asset.name !== "missing" ||
      state !== "cold" ||
      reason !== undefined ||
      error !== undefined ||
      chosen.has(id),
  );
}

/** Entities of each model shown. Only its state is there from the start; the figures are for who looks for them. */
export function modelComponents(view: View): Components {
  return Object.assign({}, ...modelsShown(view.snapshot).map((model) => componentsOf(view, model)));
}

function componentsOf(view: View, { id, title }: ModelSnapshot): Components {
  const slug = uniqueSlug(id);
  const topic = view.topics.model(slug);
  const entity = (
    platform: Platform,
    what: string,
    name: string,
    options: Readonly<Record<string, unknown>>,
  ) =>
    component(view, platform, `model_${slug}_${what}`, name, options, `model_${slugOf(id) || slug}_${what}`);
  const figure = { ...DIAGNOSTIC, ...HIDDEN, state_topic: topic, state_class: "measurement" };
  return {
    ...entity("sensor", "state", title, {
      ...DIAGNOSTIC,
      device_class: "enum",
      options: MODEL_STATES,
      state_topic: topic,
      value_template: "{{ value_json.state }}",
      ...attributesFrom(topic),
      icon: "mdi:brain",
    }),
    ...entity("sensor", "memory", `${title} memory`, {
      ...figure,
      device_class: "data_size",
      unit_of_measurement: "MiB",
      suggested_display_precision: 0,
      value_template: "{{ value_json.memory_mib }}",
      icon: "mdi:memory",
    }),
    ...entity("sensor", "warm_up", `${title} warm-up`, {
      ...figure,
      device_class: "duration",
      unit_of_measurement: "s",
      suggested_display_precision: 1,
      value_template: "{{ value_json.warm_up_s }}",
      icon: "mdi:timer-sand",
    }),
    ...entity("update", "download", `${title} download`, {
      ...DIAGNOSTIC,
      ...HIDDEN,
      state_topic: `${topic}/download`,
      title,
      icon: "mdi:download",
    }),
  };
}

/** What the topics of the models shown say. */
export function modelStates({ snapshot, topics }: View): readonly TopicState[] {
  return modelsShown(snapshot).flatMap((model) => {
    const topic = topics.model(uniqueSlug(model.id));
    return [
      jsonState(topic, {
        state: modelStateName(model),
        memory_mib: Math.round(model.memoryBytes / MIB),
        warm_up_s: secondsOf(model.warmUpMs),
        attributes: {
          model: model.id,
          provider: model.provider,
          capability: model.capability,
          languages: model.languages,
          licence: model.licence,
          commercial_use: model.commercial,
          memory_source: model.memorySource,
          load_seconds: secondsOf(model.loadMs),
          in_use: model.leases > 0,
          reason: model.reason,
          error: model.error ?? (model.asset.name === "corrupt" ? model.asset.reason : null),
        },
      }),
      jsonState(`${topic}/download`, downloadOf(model)),
    ];
  });
}

/** A download as Home Assistant's update entity shows one. */
function downloadOf({ asset }: ModelSnapshot): Readonly<Record<string, unknown>> {
  const isUnderWay =
    asset.name === "downloading" || asset.name === "verifying" || asset.name === "extracting";
  const versions: Readonly<Record<string, string>> = { present: "downloaded", corrupt: "damaged" };
  return {
    installed_version: versions[asset.name] ?? "not downloaded",
    latest_version: "downloaded",
    in_progress: isUnderWay,
    update_percentage: isUnderWay ? percentageOf(asset) : null,
  };
}

function percentageOf(asset: ModelSnapshot["asset"]): number | null {
  if (asset.name !== "downloading" && asset.name !== "extracting") return null;
  if (!asset.bytesTotal) return null;
  return Math.min(100, Math.floor((asset.bytesDone / asset.bytesTotal) * 100));
}

function secondsOf(ms: number | undefined): number | null {
  return ms === undefined ? null : Math.round(ms / 100) / 10;
}
