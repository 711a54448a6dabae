import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { ownCatalog } from "../../script/docs.js";
import { readEnvironment } from "../../src/config/environment.js";
import { loadConfig } from "../../src/config/load.js";
import { leaves } from "../../src/config/schema.js";
import { describeDevice } from "../../src/gateways/discovery/entities.js";
import { DISCOVERY_DEFAULTS } from "../../src/gateways/discovery/options.js";
import { aModel, aSnapshot } from "../fixtures/snapshot.js";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const text = (path: string): string => readFileSync(join(ROOT, path), "utf8");
const OURS = /\b(sensor|binary_sensor|select|number|button|switch|event|update|notify)\.irene_edge_\w+/g;
const DASHBOARDS = readdirSync(join(ROOT, "addon/dashboards")).map((name) => `addon/dashboards/${name}`);
/** What the examples ask Home Assistant to do, as it calls it. */
const ACTIONS = ["persistent_notification.create", "select.select_option"];
const CARDS = ["heading", "gauge", "markdown", "conditional", "entities", "history-graph"];

interface Card {
  readonly type: string;
  readonly card?: Card;
}

/** The entities of a program with English models of each kind. */
function entityIds(): ReadonlySet<string> {
  const models = [
    ...aSnapshot().models,
    aModel("silero_vad/v5", { capability: "vad" }),
    aModel("openwakeword/hey_jarvis", { capability: "wake" }),
  ];
  const { components } = describeDevice(aSnapshot({ models }), { ...DISCOVERY_DEFAULTS, textEvents: true });
  return new Set(Object.values(components).map((component) => component.default_entity_id));
}

describe("the examples for Home Assistant", () => {
  it.each([...DASHBOARDS, "DOCS.md", "docs/satellites.md"])("name entities that there are: %s", (path) => {
    const named = [...text(path).matchAll(OURS)].map(([id]) => id);
    if (DASHBOARDS.includes(path)) expect(named.length).toBeGreaterThan(2);
    expect(named.filter((id) => !entityIds().has(id))).toEqual([]);
  });

  it("show models by a pattern that their entities have", () => {
    const pattern = /match', '(.*?)'\)/.exec(text("addon/dashboards/irene-edge.yaml"))?.[1] ?? "";
    const found = [...entityIds()].filter((id) => new RegExp(`^${pattern}`).test(id));
    expect(found).toContain("sensor.irene_edge_model_whisper_tiny_state");
    expect(found.every((id) => id.endsWith("_state"))).toBe(true);
  });

  it("are one view of cards that Home Assistant has itself", () => {
    const views = parse(text("addon/dashboards/irene-edge.yaml")) as { sections: { cards: Card[] }[] }[];
    expect(views).toHaveLength(1);
    const cards = views.flatMap(({ sections }) => sections.flatMap(({ cards: all }) => all));
    const types = cards.flatMap(({ type, card }) => [type, ...(card ? [card.type] : [])]);
    expect(types.filter((type) => !CARDS.includes(type))).toEqual([]);
  });

  it("are automations with triggers and actions, which choose a model of the language", async () => {
    const automations = parse(text("addon/dashboards/automations.yaml")) as {
      alias: string;
      triggers: { trigger: string }[];
      actions: { action: string }[];
    }[];
    expect(automations).toHaveLength(2);
    for (const { alias, triggers, actions } of automations) {
      expect(alias).toMatch(/^[A-Z]/);
      expect(triggers.every(({ trigger }) => ["state", "numeric_state"].includes(trigger))).toBe(true);
      expect(actions.filter(({ action }) => !ACTIONS.includes(action))).toEqual([]);
    }
    const [id = ""] = /whisper\/\w+/.exec(text("addon/dashboards/automations.yaml")) ?? [];
    expect((await ownCatalog()).find(id)).toMatchObject({ capability: "stt" });
  });
});

describe("the examples for Docker", () => {
  const { services, volumes } = parse(text("addon/examples/compose.yaml")) as {
    services: Record<
      string,
      { environment: Record<string, string>; ports: string[]; volumes: string[]; image: string }
    >;
    volumes: Record<string, unknown>;
  };
  const { environment = {}, ports = [], volumes: mounts = [], image = "" } = services["irene"] ?? {};

  it("set options that there are, to values that are accepted", () => {
    const env = { ...environment, IRENE_HTTP__TOKEN: "twelve-letters", IRENE_MQTT__PASSWORD: "" };
    expect(readEnvironment(env, leaves()).unknown).toEqual([]);
    const { config, warnings } = loadConfig({ env, flags: new Map() });
    expect(warnings).toEqual([]);
    expect(config.http.host).toBe("0.0.0.0");
  });

  it("ask for the token instead of bringing one that everybody knows", () => {
    expect(environment["IRENE_HTTP__TOKEN"]).toMatch(/^\$\{IRENE_TOKEN:\?/);
  });

  it("open the ports of the image, and keep its data folder", () => {
    const dockerfile = text("Dockerfile");
    for (const port of ports.map((each) => each.split(":").at(-1))) {
      expect(dockerfile).toMatch(new RegExp(`IRENE_(WYOMING|HTTP)__PORT=${port}`));
    }
    for (const mount of mounts) {
      expect(mount.split(":")[1]).toBe("/data");
      expect(volumes).toHaveProperty(mount.split(":")[0] ?? "");
    }
    expect(dockerfile).toContain("IRENE_DATA_DIR=/data");
  });

  it("name the image that is published, in the version of the add-on", () => {
    const { version } = parse(text("config.yaml")) as { version: string };
    expect(image).toMatch(new RegExp(`/irene-edge:${version.replaceAll(".", "\\.")}$`));
  });

  it("are `docker run` lines with ports and folders of the image too", () => {
    const pages = ["DOCS.md", "README.md"].map(text).join("\n");
    const lines = pages.match(/docker run [^\n]*(\\\n[^\n]*)*/g) ?? [];
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) {
      expect(line).toMatch(/-v \S+:\/data\b/);
      for (const [, inside] of line.matchAll(/-p [\d.:]*?(\d+)(?= )/g))
        expect(["10300", "8099"]).toContain(inside);
      const env = Object.fromEntries(
        [...line.matchAll(/-e (IRENE_\w+)=(\S+)/g)].map(([, name, value]) => [name, value]),
      );
      expect(readEnvironment(env, leaves()).unknown).toEqual([]);
    }
  });
});
