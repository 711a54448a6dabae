import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { formerNames } from "../../src/config/former-options.js";
import { type LoadedConfig, loadConfig } from "../../src/config/load.js";
import { fromOptionsPage, pageDefaults } from "../../src/config/options-page.js";
import { pageFields } from "../../src/config/page-fields.js";
import { leaves } from "../../src/config/schema.js";

describe("the options page", () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "irene-page-"));
  });
  afterEach(() => rmSync(dir, { recursive: true }));
  const load = (page: object, file?: string): LoadedConfig => {
    const options = join(dir, "options.json");
    writeFileSync(options, JSON.stringify(page));
    if (file) writeFileSync(join(dir, "irene.yaml"), file);
    return loadConfig({
      env: {
        SUPERVISOR_TOKEN: "token",
        IRENE_OPTIONS_FILE: options,
        ...(file ? { IRENE_CONFIG: join(dir, "irene.yaml") } : {}),
      },
      flags: new Map(),
    });
  };

  it("has a name of its own for each of its options", () => {
    const names = pageFields().map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { name } of pageFields()) expect(name).toMatch(/^[a-z_]+$/);
  });

  it("changes nothing when it is left as it comes", () => {
    const { config, warnings } = load(pageDefaults());
    const bare = loadConfig({ env: {}, flags: new Map() }).config;
    expect(config).toEqual({
      ...bare,
      data_dir: "/data",
      http: { ...bare.http, host: "0.0.0.0" },
      home: { ...bare.home, sentences: "/config/sentences" },
    });
    expect(warnings).toEqual([]);
  });

  it("sets the option that each field stands for", () => {
    const { config } = load({
      language: "ru",
      mqtt_url: "mqtt://broker:1883",
      mqtt_username: "me",
      text_events: true,
      wake_words: ["hey_jarvis"],
      log_level: "debug",
      keep_alive: 60,
    });
    expect(config.language).toBe("ru");
    expect(config.mqtt.url).toBe("mqtt://broker:1883");
    expect(config.mqtt.username).toBe("me");
    expect(config.mqtt.text_events).toBe(true);
    expect(config.wake_words).toEqual(["hey_jarvis"]);
    expect(config.log.level).toBe("debug");
    expect(config.keep_alive).toBe(60);
  });

  it("turns on the preload of every provider it lists", () => {
    const { providers } = load({ preload_models: ["whisper", "tts.silero_v4"] }).config;
    expect(providers.asr.whisper.preload_models).toBe(true);
    expect(providers.tts.silero_v4.preload_models).toBe(true);
    expect(providers.asr.moonshine.preload_models).toBe(false);
  });

  it("names the providers there are when it lists one that does not exist", () => {
    expect(() => load({ preload_models: ["wisper"] })).toThrow(/no provider wisper; there are .*whisper/);
  });

  it("takes the models of a schedule from one line", () => {
    const entry = {
      cron: "0 7 * * *",
      action: "warm",
      models: "whisper/tiny, espeak ",
      time_zone: "Europe/Berlin",
    };
    expect(load({ schedules: [entry] }).config.schedules).toEqual([
      { ...entry, models: ["whisper/tiny", "espeak"] },
    ]);
  });

  it("goes before the YAML file, but an emptied field hides nothing", () => {
    const { config, sources } = load(
      { language: "ru", mqtt_url: "", mqtt_username: null },
      "language: de\nmqtt: {url: 'mqtt://other:1883', username: you}\nproviders: {asr: {whisper: {model_size: tiny}}}\n",
    );
    expect(config.language).toBe("ru");
    expect(config.mqtt.url).toBe("mqtt://other:1883");
    expect(config.mqtt.username).toBe("you");
    expect(config.providers.asr.whisper.model_size).toBe("tiny");
    expect(sources.map((path) => path.replace(`${dir}/`, ""))).toEqual(["irene.yaml", "options.json"]);
  });

  it("says what is wrong with a value by the path of its option", () => {
    expect(() => load({ log_level: "loud", memory_budget: "lots" })).toThrow(
      /2 problems[\s\S]*log\.level: must be one of[\s\S]*memory_budget: must be|2 problems[\s\S]*memory_budget[\s\S]*log\.level/,
    );
  });
});

describe("options under former names", () => {
  it("are taken over, and said to be renamed", () => {
    const { tree, renamed } = fromOptionsPage({
      log: { level: "warn", format: "json" },
      mqtt: { url: "mqtt://a:1" },
    });
    expect(tree).toEqual({ log: { level: "warn", format: "json" }, mqtt: { url: "mqtt://a:1" } });
    expect(renamed).toEqual(["mqtt.url is now mqtt_url", "log.level is now log_level"]);
  });

  it("yield to the present name", () => {
    expect(fromOptionsPage({ log: { level: "warn" }, log_level: "debug" }).tree).toEqual({
      log: { level: "debug" },
    });
  });

  it("all lead to an option there is", () => {
    const fields = new Map(pageFields().map(({ name, path }) => [name, path]));
    for (const present of formerNames().values()) expect(leaves().has(fields.get(present) ?? "")).toBe(true);
  });
});
