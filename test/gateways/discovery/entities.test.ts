import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { describeDevice, describeStates } from "../../../src/gateways/discovery/entities.js";
import { MODEL_STATES, modelStateName } from "../../../src/gateways/discovery/model-entities.js";
import { DISCOVERY_DEFAULTS } from "../../../src/gateways/discovery/options.js";
import { uniqueSlug } from "../../../src/gateways/discovery/slug.js";
import { PHASES, RESIDENCY_STATES, type Snapshot } from "../../../src/sessions/snapshot.js";
import { brokenRules } from "../../fixtures/home-assistant-rules.js";
import { aModel, aSnapshot } from "../../fixtures/snapshot.js";

const OPTIONS = { ...DISCOVERY_DEFAULTS, textEvents: true };

const stateOf = (snapshot: Snapshot, topic: string): Record<string, unknown> =>
  JSON.parse(describeStates(snapshot, OPTIONS).find((state) => state.topic === topic)?.payload ?? "null");

/** A good bundle with one thing changed in it, as it would go over the wire. */
function spoilt(change: (bundle: Record<string, never>) => void): readonly string[] {
  const bundle = JSON.parse(JSON.stringify(describeDevice(aSnapshot(), OPTIONS)));
  change(bundle);
  return brokenRules(bundle);
}

describe("the rules of Home Assistant", () => {
  type Loose = { [key: string]: Loose };
  const cases: readonly [problem: string, spoil: (bundle: Loose) => unknown][] = [
    ["the device has no identifiers", (b) => delete b["device"]?.["identifiers"]],
    ["the origin has no name", (b) => delete b["origin"]],
    ["there is no availability", (b) => delete b["availability"]],
    ["~ is not accepted at the root", (b) => Object.assign(b, { "~": "irene_edge" })],
    ["there are no components", (b) => Object.assign(b, { components: {} })],
    [
      "configuration_url is no address Home Assistant takes",
      (b) => Object.assign(b["device"] ?? {}, { configuration_url: "/ingress" }),
    ],
    ["phase: an enum needs options", (b) => delete b["components"]?.["phase"]?.["options"]],
    [
      "phase: an enum has neither state class nor unit",
      (b) => Object.assign(b["components"]?.["phase"] ?? {}, { state_class: "measurement" }),
    ],
    [
      "progress: only an enum has options",
      (b) => Object.assign(b["components"]?.["progress"] ?? {}, { options: ["1"] }),
    ],
    [
      "model_memory: MIB is no unit of data_size",
      (b) => Object.assign(b["components"]?.["model_memory"] ?? {}, { unit_of_measurement: "MIB" }),
    ],
    [
      "stt_latency: sec is no unit of duration",
      (b) => Object.assign(b["components"]?.["stt_latency"] ?? {}, { unit_of_measurement: "sec" }),
    ],
    [
      "requests: counter is no state class",
      (b) => Object.assign(b["components"]?.["requests"] ?? {}, { state_class: "counter" }),
    ],
    [
      "problem: broken is no device class of a binary sensor",
      (b) => Object.assign(b["components"]?.["problem"] ?? {}, { device_class: "broken" }),
    ],
    [
      "ready: is read-only and cannot be config",
      (b) => Object.assign(b["components"]?.["ready"] ?? {}, { entity_category: "config" }),
    ],
    [
      "ready: object_id is not accepted in a component",
      (b) => Object.assign(b["components"]?.["ready"] ?? {}, { object_id: "x" }),
    ],
    [
      "ready: its name repeats the device's",
      (b) => Object.assign(b["components"]?.["ready"] ?? {}, { name: "Irene Edge ready" }),
    ],
    ["ready: has no unique_id", (b) => delete b["components"]?.["ready"]?.["unique_id"]],
    ["ready: needs state_topic", (b) => delete b["components"]?.["ready"]?.["state_topic"]],
    [
      "ready: default_entity_id sensor.x is no binary_sensor",
      (b) => Object.assign(b["components"]?.["ready"] ?? {}, { default_entity_id: "sensor.x" }),
    ],
    [
      "warm_up_models: needs command_topic",
      (b) => delete b["components"]?.["warm_up_models"]?.["command_topic"],
    ],
    [
      "memory_limit: a number needs a least below a most",
      (b) => Object.assign(b["components"]?.["memory_limit"] ?? {}, { min: 9, max: 9 }),
    ],
    [
      "select_stt_en: an option is there twice",
      (b) => Object.assign(b["components"]?.["select_stt_en"] ?? {}, { options: ["a", "a"] }),
    ],
    [
      "wake_word: an event needs event types",
      (b) => Object.assign(b["components"]?.["wake_word"] ?? {}, { event_types: [] }),
    ],
    [
      "phase: its unique_id is taken",
      (b) =>
        Object.assign(b["components"]?.["phase"] ?? {}, {
          unique_id: b["components"]?.["ready"]?.["unique_id"],
        }),
    ],
    [
      "phase: state_topic is no topic",
      (b) => Object.assign(b["components"]?.["phase"] ?? {}, { state_topic: "a/#" }),
    ],
    [
      "phase: its icon is not in mdi:",
      (b) => Object.assign(b["components"]?.["phase"] ?? {}, { icon: "phase.png" }),
    ],
    [
      "phase: text is no platform",
      (b) => Object.assign(b["components"]?.["phase"] ?? {}, { platform: "text" }),
    ],
  ];
  for (const [problem, spoil] of cases) {
    it(`notice when ${problem}`, () => {
      expect(spoilt(spoil as never)).toEqual([problem]);
    });
  }
});

describe("describeDevice", () => {
  it("breaks no rule of Home Assistant, with everything switched on or off", () => {
    for (const controls of [true, false]) {
      for (const textEvents of [true, false]) {
        expect(brokenRules(describeDevice(aSnapshot(), { ...OPTIONS, controls, textEvents }))).toEqual([]);
      }
    }
    const { settings, sites, ...bare } = aSnapshot({ models: [], choices: [] });
    expect(brokenRules(describeDevice(bare, OPTIONS))).toEqual([]);
  });

  it("breaks no rule whatever models, languages and sites are called", () => {
    const word = fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(fc.uniqueArray(word, { maxLength: 6 }), word, (names, language) => {
        const models = names.map((name) =>
          aModel(`provider/${name}`, { title: "A model", languages: [language] }),
        );
        const choices = names.map((name) => ({
          capability: "stt" as const,
          language: name,
          model: `provider/${name}`,
          why: "",
        }));
        const sites = names.filter((name) => !/[+#/]/.test(name));
        expect(brokenRules(describeDevice(aSnapshot({ models, choices, sites }), OPTIONS))).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });

  it("offers the phases and states of the program itself as options", () => {
    const { components } = describeDevice(aSnapshot(), OPTIONS);
    expect(components["phase"]?.["options"]).toEqual(PHASES);
    expect(components["model_whisper_tiny_state"]?.["options"]).toEqual(MODEL_STATES);
    for (const state of RESIDENCY_STATES) expect(MODEL_STATES).toContain(state);
  });

  it("keeps ids for ever: they depend on the installation and the entity alone", () => {
    const ids = (snapshot: Snapshot) =>
      Object.values(describeDevice(snapshot, OPTIONS).components).map(({ unique_id }) => unique_id);
    const before = ids(aSnapshot());
    expect(ids(aSnapshot({ version: "9.9.9", phase: "loading", ready: false }))).toEqual(before);
    expect(before).toContain("irene_edge_a1b2c3d4_phase");
    expect(before).toContain(`irene_edge_a1b2c3d4_model_${uniqueSlug("piper/en_US-curie-medium")}_state`);
  });

  it("proposes entity ids that a person would type", () => {
    const { components } = describeDevice(aSnapshot(), OPTIONS);
    const ids = Object.values(components).map(({ default_entity_id }) => default_entity_id);
    expect(ids).toContain("sensor.irene_edge_phase");
    expect(ids).toContain("sensor.irene_edge_model_piper_en_us_curie_medium_state");
  });

  it("shows the models that matter here and not the whole catalog", () => {
    const missing = { asset: { name: "missing" } } as const;
    const models = [
      aModel("a/present"),
      aModel("a/idle", missing),
      aModel("a/chosen", missing),
      aModel("a/wanted", { ...missing, reason: "preload" }),
      aModel("a/failed", { ...missing, state: "failed", error: "no such file" }),
    ];
    const choices = [{ capability: "stt", language: "en", model: "a/chosen", why: "best" }] as const;
    const keys = Object.keys(describeDevice(aSnapshot({ models, choices }), OPTIONS).components);
    expect(keys.filter((key) => /^model_a_.*_state$/.test(key))).toEqual([
      "model_a_present_state",
      "model_a_chosen_state",
      "model_a_wanted_state",
      "model_a_failed_state",
    ]);
  });

  it("leaves the figures of single models switched off until somebody wants them", () => {
    const { components } = describeDevice(aSnapshot(), OPTIONS);
    const hidden = (key: string) => components[key]?.["enabled_by_default"] === false;
    expect(hidden("model_whisper_tiny_state")).toBe(false);
    expect(["memory", "warm_up", "download"].map((what) => hidden(`model_whisper_tiny_${what}`))).toEqual([
      true,
      true,
      true,
    ]);
  });

  it("tells nobody what was said unless the user wants it", () => {
    const keys = (textEvents: boolean) =>
      Object.keys(describeDevice(aSnapshot(), { ...OPTIONS, textEvents }).components);
    expect(keys(false)).not.toContain("recognised_text");
    expect(keys(true)).toContain("recognised_text");
  });
});

describe("describeStates", () => {
  it("gives every topic the entities read from, and every key their templates ask for", () => {
    const snapshot = aSnapshot();
    const states = new Map(
      describeStates(snapshot, OPTIONS).map(({ topic, payload }) => [topic, JSON.parse(payload)]),
    );
    for (const [key, component] of Object.entries(describeDevice(snapshot, OPTIONS).components)) {
      if (component.platform === "event" || !("state_topic" in component)) continue;
      const state = states.get(String(component["state_topic"]));
      expect(state, key).toBeDefined();
      const path = /value_json\.([\w.]+)/.exec(String(component["value_template"] ?? ""))?.[1];
      const value = path?.split(".").reduce((inner, name) => inner?.[name], state);
      if (path) expect(value, `${key} reads ${path}`).toBeDefined();
      if (Array.isArray(component["options"])) expect(component["options"]).toContain(value);
    }
  });

  it("rounds to what a person reads", () => {
    expect(stateOf(aSnapshot({ progress: 0.999 }), "irene_edge/state")).toEqual({
      ready: "ON",
      phase: "ready",
      progress: 99,
      warm_up: 4.2,
      model_memory: 312,
      memory_budget: 900,
      reserved_memory: 0,
      own_memory: 80,
      available_memory: 1200,
      stt_latency: 812,
      tts_latency: 144,
      requests: 12,
      failed_requests: 1,
      active_requests: 0,
    });
  });

  it("says unknown instead of zero for what nobody knows yet", () => {
    const { warmUpMs, ...cold } = aSnapshot({ requests: { total: 0, failed: 0, active: 0, recent: [] } });
    expect(stateOf(cold, "irene_edge/state")).toMatchObject({
      warm_up: null,
      stt_latency: null,
      tts_latency: null,
    });
  });

  it("raises the problem with its reason, also when only the phase tells of one", () => {
    expect(stateOf(aSnapshot(), "irene_edge/problem")).toMatchObject({
      problem: "OFF",
      attributes: { reason: null },
    });
    expect(
      stateOf(aSnapshot({ phase: "degraded", problem: "Whisper does not fit." }), "irene_edge/problem"),
    ).toMatchObject({
      problem: "ON",
      attributes: { reason: "Whisper does not fit." },
    });
    expect(stateOf(aSnapshot({ phase: "error" }), "irene_edge/problem")["problem"]).toBe("ON");
  });

  it("names the current model of each capability, and of each language beside it", () => {
    const choices = [
      { capability: "stt", language: "en", model: "whisper/tiny", why: "smallest" },
      { capability: "stt", language: "ru", model: "vosk/ru", why: "the only one" },
      { capability: "stt", language: "xx", model: undefined, why: "none speaks it" },
    ] as const;
    expect(stateOf(aSnapshot({ choices }), "irene_edge/choice/stt")).toEqual({
      model: "whisper/tiny, vosk/ru",
      attributes: {
        by_language: { en: "whisper/tiny", ru: "vosk/ru", xx: null },
        why: { en: "smallest", ru: "the only one", xx: "none speaks it" },
      },
    });
  });

  it("shows a download in percent, and its end", () => {
    const topic = `irene_edge/model/${uniqueSlug("whisper/tiny")}/download`;
    const during = aModel("whisper/tiny", {
      asset: { name: "downloading", bytesDone: 333, bytesTotal: 1_000, bytesPerSecond: 10, etaSeconds: 67 },
    });
    expect(stateOf(aSnapshot({ models: [during] }), topic)).toEqual({
      installed_version: "not downloaded",
      latest_version: "downloaded",
      in_progress: true,
      update_percentage: 33,
    });
    expect(stateOf(aSnapshot({ models: [aModel("whisper/tiny")] }), topic)).toEqual({
      installed_version: "downloaded",
      latest_version: "downloaded",
      in_progress: false,
      update_percentage: null,
    });
  });

  it("carries the last error of a model, and why its files are no good", () => {
    const topic = "irene_edge/model/whisper_tiny";
    const failed = aModel("whisper/tiny", { state: "failed", error: "The graph is broken." });
    expect(stateOf(aSnapshot({ models: [failed] }), topic)).toMatchObject({
      state: "failed",
      attributes: { error: "The graph is broken." },
    });
    const corrupt = aModel("whisper/tiny", { asset: { name: "corrupt", reason: "encoder.onnx differs" } });
    expect(stateOf(aSnapshot({ models: [corrupt] }), topic)).toMatchObject({
      state: "corrupt",
      attributes: { error: "encoder.onnx differs" },
    });
  });

  it("keeps every state short enough for Home Assistant", () => {
    const choices = Array.from({ length: 40 }, (_, index) => ({
      capability: "stt" as const,
      language: `l${index}`,
      model: `provider/a-model-with-a-long-name-${index}`,
      why: "",
    }));
    expect(String(stateOf(aSnapshot({ choices }), "irene_edge/choice/stt")["model"]).length).toBe(255);
  });
});

describe("the machine's own microphone", () => {
  const board = { site: "desk", state: "idle", muted: true, volume: 40, gaps: 2, lostMs: 300 } as const;
  const snapshot = aSnapshot({ board, sites: ["desk", "kitchen"] });

  it("is described by the rules of Home Assistant, and not at all where it is not used", () => {
    const bundle = JSON.parse(JSON.stringify(describeDevice(snapshot, OPTIONS)));
    expect(brokenRules(bundle)).toEqual([]);
    expect(bundle.components.board_state).toMatchObject({ state_topic: "irene_edge/board/state" });
    expect(Object.keys(describeDevice(aSnapshot(), OPTIONS).components).join()).not.toMatch(/board|mute/);
    const withoutControls = describeDevice(snapshot, { ...OPTIONS, controls: false });
    expect(Object.keys(withoutControls.components)).not.toContain("microphone_mute");
  });

  it("tells what it is set to, and its volume where other satellites tell none", () => {
    expect(stateOf(snapshot, "irene_edge/board")).toMatchObject({ muted: "ON", volume: 40, lost_ms: 300 });
    const volumes = Object.values(describeDevice(snapshot, OPTIONS).components).filter(({ name }) =>
      name.startsWith("Volume of"),
    );
    expect(volumes.map((each) => each["state_topic"])).toEqual(["irene_edge/board", undefined]);
  });
});

describe("modelStateName", () => {
  const downloading = {
    name: "downloading",
    bytesDone: 0,
    bytesTotal: 1,
    bytesPerSecond: 0,
    etaSeconds: 1,
  } as const;
  const present = { name: "present", bytes: 1 } as const;
  const missing = { name: "missing" } as const;

  it("tells a wait for a download from a wait for memory", () => {
    expect(modelStateName({ asset: downloading, state: "loading" })).toBe("downloading");
    expect(modelStateName({ asset: present, state: "loading" })).toBe("loading");
  });

  it("tells a model that is not there from one that is only cold", () => {
    expect(modelStateName({ asset: missing, state: "cold" })).toBe("missing");
    expect(modelStateName({ asset: present, state: "cold" })).toBe("cold");
    expect(modelStateName({ asset: missing, state: "failed" })).toBe("failed");
  });

  it("says ready for a model in memory whatever became of its files", () => {
    expect(modelStateName({ asset: { name: "corrupt", reason: "" }, state: "ready" })).toBe("ready");
  });
});

describe("uniqueSlug", () => {
  it("never makes one slug of two names", () => {
    const names = ["a/b_c", "a_b/c", "a/b-c", "a/b.c", "A/b_c", "a/b/c", "a b/c", "кухня", "küche", "kuche"];
    expect(new Set(names.map(uniqueSlug)).size).toBe(names.length);
    for (const name of names) expect(uniqueSlug(name)).toMatch(/^[a-z0-9_]+$/);
  });

  it("leaves plain names readable", () => {
    expect(uniqueSlug("whisper/tiny")).toBe("whisper_tiny");
    expect(uniqueSlug("kitchen")).toBe("kitchen");
  });
});
