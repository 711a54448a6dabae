import { MIB } from "../../base/units.js";
import { CAPABILITIES, type Capability } from "../../catalog/manifest.js";
import { PHASES } from "../../sessions/snapshot.js";
import {
  attributesFrom,
  type Components,
  component,
  jsonState,
  type TopicState,
  type View,
} from "./component.js";

const DIAGNOSTIC = { entity_category: "diagnostic" } as const;
const MEMORY = {
  ...DIAGNOSTIC,
  device_class: "data_size",
  unit_of_measurement: "MiB",
  state_class: "measurement",
  suggested_display_precision: 0,
  icon: "mdi:memory",
} as const;
const LATENCY = {
  device_class: "duration",
  unit_of_measurement: "ms",
  state_class: "measurement",
  suggested_display_precision: 0,
} as const;
const COUNT = { ...DIAGNOSTIC, state_class: "total_increasing", icon: "mdi:counter" } as const;
const HIDDEN = { enabled_by_default: false } as const;

const CHOICE_NAMES: Readonly<Record<Capability, { name: string; icon: string }>> = {
  stt: { name: "Speech-to-text model", icon: "mdi:ear-hearing" },
  tts: { name: "Text-to-speech voice", icon: "mdi:account-voice" },
  wake: { name: "Wake word model", icon: "mdi:bullhorn-outline" },
  vad: { name: "Voice activity model", icon: "mdi:waveform" },
};

/** Longest state Home Assistant stores. */
const MAX_STATE = 255;

/** Sensors of the program as a whole. */
export function deviceComponents(view: View): Components {
  const { topics } = view;
  const sensor = (key: string, name: string, options: Readonly<Record<string, unknown>>) =>
    component(view, "sensor", key, name, {
      state_topic: topics.state,
      value_template: `{{ value_json.${key} }}`,
      ...options,
    });
  return {
    ...component(view, "binary_sensor", "ready", "Ready", {
      state_topic: topics.state,
      value_template: "{{ value_json.ready }}",
      icon: "mdi:microphone-message",
    }),
    ...sensor("phase", "Phase", {
      device_class: "enum",
      options: PHASES,
      icon: "mdi:state-machine",
    }),
    ...component(view, "binary_sensor", "problem", "Problem", {
      ...DIAGNOSTIC,
      device_class: "problem",
      state_topic: topics.problem,
      value_template: "{{ value_json.problem }}",
      ...attributesFrom(topics.problem),
    }),
    ...sensor("progress", "Warm-up progress", {
      ...DIAGNOSTIC,
      unit_of_measurement: "%",
      state_class: "measurement",
      icon: "mdi:progress-clock",
    }),
    ...sensor("warm_up", "Last warm-up", {
      ...DIAGNOSTIC,
      device_class: "duration",
      unit_of_measurement: "s",
      state_class: "measurement",
      suggested_display_precision: 1,
      icon: "mdi:timer-sand",
    }),
    ...sensor("model_memory", "Model memory", MEMORY),
    ...sensor("memory_budget", "Memory budget", MEMORY),
    ...sensor("reserved_memory", "Reserved memory", { ...MEMORY, ...HIDDEN }),
    ...sensor("own_memory", "Own memory", { ...MEMORY, ...HIDDEN }),
    ...sensor("available_memory", "Available memory", { ...MEMORY, ...HIDDEN }),
    ...sensor("stt_latency", "Last speech-to-text time", { ...LATENCY, icon: "mdi:ear-hearing" }),
    ...sensor("tts_latency", "Last text-to-speech time", { ...LATENCY, icon: "mdi:account-voice" }),
    ...sensor("requests", "Requests", COUNT),
    ...sensor("failed_requests", "Failed requests", COUNT),
    ...sensor("active_requests", "Active requests", {
      ...DIAGNOSTIC,
      ...HIDDEN,
      state_class: "measurement",
      icon: "mdi:account-voice",
    }),
    ...choiceComponents(view),
  };
}

function choiceComponents(view: View): Components {
  const found = CAPABILITIES.filter((capability) => offers(view, capability)).map((capability) => {
    const { name, icon } = CHOICE_NAMES[capability];
    const topic = view.topics.choice(capability);
    return component(view, "sensor", `current_${capability}`, name, {
      ...DIAGNOSTIC,
      state_topic: topic,
      value_template: "{{ value_json.model }}",
      ...attributesFrom(topic),
      icon,
    });
  });
  return Object.assign({}, ...found);
}

/** What the topics of these sensors say. */
export function deviceStates(view: View): readonly TopicState[] {
  const { snapshot, topics } = view;
  const { memory, requests } = snapshot;
  const choices = CAPABILITIES.filter((capability) => offers(view, capability));
  const hasProblem =
    snapshot.problem !== undefined || snapshot.phase === "degraded" || snapshot.phase === "error";
  return [
    jsonState(topics.state, {
      // Words, since a template turns a JSON true into "True".
      ready: snapshot.ready ? "ON" : "OFF",
      phase: snapshot.phase,
      progress: Math.floor(Math.min(1, Math.max(0, snapshot.progress)) * 100),
      warm_up: snapshot.warmUpMs === undefined ? null : Math.round(snapshot.warmUpMs / 100) / 10,
      model_memory: mebibytes(memory.modelsBytes),
      memory_budget: mebibytes(memory.budgetBytes),
      reserved_memory: mebibytes(memory.reservedBytes),
      own_memory: mebibytes(memory.ownBytes),
      available_memory: mebibytes(memory.availableBytes),
      stt_latency: rounded(requests.lastSttMs),
      tts_latency: rounded(requests.lastTtsMs),
      requests: requests.total,
      failed_requests: requests.failed,
      active_requests: requests.active,
    }),
    jsonState(topics.problem, {
      problem: hasProblem ? "ON" : "OFF",
      attributes: {
        reason: snapshot.problem ?? (hasProblem ? `The program is in phase ${snapshot.phase}` : null),
        failed_models: snapshot.models.filter(({ state }) => state === "failed").map(({ id }) => id),
        budget: memory.budgetReason,
      },
    }),
    ...choices.map((capability) => choiceState(view, capability)),
  ];
}

function choiceState({ snapshot, topics }: View, capability: Capability): TopicState {
  const choices = snapshot.choices.filter((choice) => choice.capability === capability);
  const models = [...new Set(choices.flatMap(({ model }) => model ?? []))];
  return jsonState(topics.choice(capability), {
    model: models.length > 0 ? models.join(", ").slice(0, MAX_STATE) : null,
    attributes: {
      by_language: Object.fromEntries(choices.map(({ language, model }) => [language, model])),
      why: Object.fromEntries(choices.map(({ language, why }) => [language, why])),
    },
  });
}

function offers({ snapshot }: View, wanted: Capability): boolean {
  return [...snapshot.models, ...snapshot.choices].some(({ capability }) => capability === wanted);
}

function mebibytes(bytes: number): number {
  return Math.round(bytes / MIB);
}

function rounded(ms: number | undefined): number | null {
  return ms === undefined ? null : Math.round(ms);
}
