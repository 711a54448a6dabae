import { MIB } from "../../base/units.js";
import type { Capability } from "../../catalog/manifest.js";
import type { ChoiceSnapshot, PreloadSnapshot, Snapshot } from "../../sessions/snapshot.js";
import { type Components, component, jsonState, type TopicState, type View } from "./component.js";
import { slugOf, uniqueSlug } from "./slug.js";

/** Option of a model select that leaves the choice to us. */
export const AUTOMATIC = "auto";
/** What a button sends. */
export const PRESS = "PRESS";
/** What may be set as memory limit, in MiB, as time to keep idle models, in seconds, and as volume of a satellite. */
export const LIMITS = {
  budgetMib: { min: 64, max: 65_536, step: 1 },
  keepAliveSeconds: { min: -1, max: 604_800, step: 1 },
  volumePercent: { min: 0, max: 100, step: 1 },
} as const;

const CONFIG = { entity_category: "config" } as const;
const SELECTED: Readonly<Partial<Record<Capability, string>>> = {
  stt: "Speech-to-text model",
  tts: "Text-to-speech voice",
};
const KINDS: Readonly<Record<Capability, string>> = {
  stt: "speech-to-text",
  tts: "text-to-speech",
  wake: "wake word",
  vad: "voice activity",
};

/** A select of the model for one language. */
export interface ModelSelect {
  readonly choice: ChoiceSnapshot;
  /** Last level of its command topic and key of its state. */
  readonly slug: string;
  /** Catalog ids, behind `auto`. */
  readonly options: readonly string[];
}

/** One select for each language something was chosen for, where there is more than nothing to choose from. */
export function modelSelects({ choices, models }: Snapshot): readonly ModelSelect[] {
  return choices
    .filter(({ capability }) => SELECTED[capability] !== undefined)
    .map((choice) => {
      const serving = models
        .filter(
          ({ capability, languages }) =>
            capability === choice.capability && serves(languages, choice.language),
        )
        .map(({ id }) => id);
      const options = [
        ...new Set([...serving, ...(choice.model === undefined ? [] : [choice.model])]),
      ].sort();
      return { choice, slug: `${choice.capability}_${uniqueSlug(choice.language || "any")}`, options };
    })
    .filter(({ options }) => options.length > 0);
}

/** Last level of the command topic of a preload switch, and key of its state. */
export function preloadSlug({ capability, provider }: PreloadSnapshot): string {
  return `${capability}_${uniqueSlug(provider)}`;
}

/** Buttons, numbers, selects, switches and announcements. */
export function controlComponents(view: View): Components {
  const { snapshot, topics } = view;
  const state = topics.controls;
  const button = (key: string, name: string, icon: string) =>
    component(view, "button", key, name, {
      ...CONFIG,
      command_topic: topics.command(key),
      payload_press: PRESS,
      icon,
    });
  const parts: Components[] = [
    button("warm_up_models", "Warm up models", "mdi:fire"),
    button("unload_models", "Unload models", "mdi:tray-arrow-up"),
    button("retry_models", "Retry failed models", "mdi:restart"),
    component(view, "number", "memory_limit", "Memory limit", {
      ...CONFIG,
      ...LIMITS.budgetMib,
      mode: "box",
      device_class: "data_size",
      unit_of_measurement: "MiB",
      command_topic: topics.command("memory_limit"),
      state_topic: state,
      value_template: "{{ value_json.memory_limit }}",
      icon: "mdi:memory",
    }),
    component(view, "button", "reset_memory_limit", "Reset memory limit", {
      ...CONFIG,
      command_topic: topics.command("memory_limit"),
      payload_press: AUTOMATIC,
      icon: "mdi:memory-arrow-down",
    }),
  ];
  if (snapshot.settings) {
    parts.push(
      component(view, "number", "keep_alive", "Keep idle models for", {
        ...CONFIG,
        ...LIMITS.keepAliveSeconds,
        mode: "box",
        device_class: "duration",
        unit_of_measurement: "s",
        command_topic: topics.command("keep_alive"),
        state_topic: state,
        value_template: "{{ value_json.keep_alive }}",
        icon: "mdi:timer-outline",
      }),
    );
  }
  for (const { choice, slug, options } of modelSelects(snapshot)) {
    parts.push(
      component(
        view,
        "select",
        `select_${slug}`,
        `${SELECTED[choice.capability]} for ${choice.language || "any language"}`,
        {
          ...CONFIG,
          options: [AUTOMATIC, ...options],
          command_topic: topics.command(`model/${slug}`),
          state_topic: state,
          value_template: `{{ value_json.model.${slug} }}`,
          icon: "mdi:brain",
        },
      ),
    );
  }
  for (const preload of snapshot.settings?.preload ?? []) {
    const slug = preloadSlug(preload);
    parts.push(
      component(
        view,
        "switch",
        `preload_${slug}`,
        `Preload ${preload.provider} (${KINDS[preload.capability]})`,
        {
          ...CONFIG,
          command_topic: topics.command(`preload/${slug}`),
          state_topic: state,
          value_template: `{{ value_json.preload.${slug} }}`,
          icon: "mdi:rocket-launch-outline",
        },
      ),
    );
  }
  for (const site of snapshot.sites ?? []) {
    parts.push(
      component(view, "notify", `say_${uniqueSlug(site)}`, `Say on ${site}`, {
        command_topic: topics.command(`say/${site}`),
        icon: "mdi:bullhorn",
      }),
      // Satellites do not tell how loud they are: Home Assistant shows what was set last. The board knows.
      component(view, "number", `volume_${uniqueSlug(site)}`, `Volume of ${site}`, {
        ...CONFIG,
        ...LIMITS.volumePercent,
        unit_of_measurement: "%",
        command_topic: topics.command(`volume/${site}`),
        ...(site === snapshot.board?.site && {
          state_topic: topics.board,
          value_template: "{{ value_json.volume }}",
        }),
        icon: "mdi:volume-high",
      }),
    );
  }
  return Object.assign({}, ...parts);
}

/** What the controls are set to. */
export function controlStates({ snapshot, topics }: View): readonly TopicState[] {
  return [
    jsonState(topics.controls, {
      memory_limit: Math.round(snapshot.memory.budgetBytes / MIB),
      keep_alive: snapshot.settings?.keepAliveSeconds,
      model: Object.fromEntries(
        modelSelects(snapshot).map(({ slug, choice }) => [slug, choice.model ?? AUTOMATIC]),
      ),
      preload: Object.fromEntries(
        (snapshot.settings?.preload ?? []).map((preload) => [
          preloadSlug(preload),
          preload.on ? "ON" : "OFF",
        ]),
      ),
    }),
  ];
}

/** `en_GB` is served by a model for `en_GB` or for all of `en`; `en` also by one for `en_GB`. */
function serves(languages: readonly string[], wanted: string): boolean {
  if (wanted === "" || wanted === "*") return true;
  const [asked, family] = [slugOf(wanted), slugOf(wanted).split("_")[0]];
  return languages.map(slugOf).some((offered) => {
    return offered === asked || offered === family || (asked === family && offered.split("_")[0] === family);
  });
}
