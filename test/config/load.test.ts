import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ConfigError } from "../../src/base/errors.js";
import { environmentNames } from "../../src/config/environment.js";
import { loadConfig } from "../../src/config/load.js";
import { leaves } from "../../src/config/schema.js";

const NONE: ReadonlyMap<string, unknown> = new Map();

describe("loadConfig", () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "irene-config-"));
  });
  afterEach(() => rmSync(dir, { recursive: true }));
  const file = (text: string, name = "irene.yaml"): string => {
    writeFileSync(join(dir, name), text);
    return join(dir, name);
  };
  const problems = (text: string): string => {
    try {
      loadConfig({ env: {}, flags: NONE, file: file(text) });
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigError);
      return (error as Error).message;
    }
    throw new Error("was accepted");
  };

  it("has a default for every option", () => {
    const { config, sources } = loadConfig({ env: {}, flags: NONE });
    expect(config.wyoming.port).toBe(10300);
    expect(config.providers.asr.whisper.preload_models).toBe(false);
    expect(sources).toEqual([]);
  });

  it("lets the environment win over the file, and flags over both", () => {
    const path = file("wyoming: {port: 1, host: ::1}\nlanguage: de\n");
    const env = { IRENE_WYOMING__PORT: "2", IRENE_LANGUAGE: "fr" };
    const { config } = loadConfig({ env, flags: new Map([["wyoming.port", 3]]), file: path });
    expect(config.wyoming.port).toBe(3);
    expect(config.wyoming.host).toBe("::1");
    expect(config.language).toBe("fr");
  });

  it("reads the specification's environment names into the same key as the file", () => {
    const flag = (name: string) =>
      loadConfig({ env: { [name]: "true" }, flags: NONE }).config.providers.asr.whisper.preload_models;
    expect(flag("IRENE_PROVIDERS__ASR__WHISPER__PRELOAD_MODELS")).toBe(true);
    expect(flag("IRENE_ASR__PROVIDERS__WHISPER__PRELOAD_MODELS")).toBe(true);
    expect(flag("irene_providers__asr__whisper__preload_models")).toBe(true);
  });

  it("gives every option an environment name of its own", () => {
    const names = [...leaves().keys()].flatMap((path) => environmentNames(path));
    expect(new Set(names).size).toBe(names.length);
  });

  it("lists every bad option at once, with its path and what is accepted", () => {
    const message = problems(
      "mqtt: {port: abc, typo: 1}\nlanguage: 5\nwyoming: 7\nproviders: {asr: {whisper: {device: gpu}}}\n",
    );
    expect(message).toContain('mqtt.port: must be a whole number from 0 to 65535, not "abc"');
    expect(message).toContain("mqtt.typo: there is no such option");
    expect(message).toContain("language: must be a language code such as en, de or pt-BR, not 5");
    expect(message).toContain("wyoming: must be a group of options (host, port,");
    expect(message).toContain('providers.asr.whisper.device: must be one of cpu, cuda, not "gpu"');
    expect(message).toContain("5 problems");
  });

  it("never repeats a secret in an error", () => {
    expect(problems("mqtt: {password: [hunter2]}\n")).not.toContain("hunter2");
  });

  it.each([
    ["too short", "token: short"],
    ["spaces", "token: one two three four five"],
    ["a number", "token: 123456789012"],
  ])("refuses a token with %s without repeating it", (_, token) => {
    const message = problems(`http: {${token}}\n`);
    expect(message).toContain("http.token: must be 12 to 200 letters");
    expect(message).not.toContain(token.replace("token: ", ""));
  });

  it.each(["0.0.0.0", "::", "192.168.1.5", "irene.local"])(
    "opens HTTP on %s to nobody who needs no token, unless in an add-on",
    (host) => {
      const env = { IRENE_HTTP__HOST: host };
      expect(() => loadConfig({ env, flags: NONE })).toThrow(/http\.token \(IRENE_HTTP__TOKEN\)/);
      const inside = { ...env, SUPERVISOR_TOKEN: "x", IRENE_OPTIONS_FILE: join(dir, "none.json") };
      expect(loadConfig({ env: inside, flags: NONE }).config.http.host).toBe(host);
      const closed = { ...env, IRENE_HTTP__TOKEN: "correct-horse-battery" };
      expect(loadConfig({ env: closed, flags: NONE }).config.http.host).toBe(host);
      expect(
        loadConfig({ env: { ...env, IRENE_HTTP__ENABLED: "false" }, flags: NONE }).config.http.host,
      ).toBe(host);
    },
  );

  it.each(["127.0.0.1", "localhost", "127.8.8.8", "::1"])("opens HTTP on %s as it is", (host) => {
    expect(loadConfig({ env: { IRENE_HTTP__HOST: host }, flags: NONE }).config.http.host).toBe(host);
  });

  it("points from a misplaced key to the one meant", () => {
    expect(problems("providers: {asr: {preload_models: true}}")).toMatch(
      /providers\.asr\.preload_models: there is no such option; did you mean providers\.asr\.\w+\.preload_models\?/,
    );
  });

  it("refuses a wrong number in the environment instead of guessing", () => {
    expect(() => loadConfig({ env: { IRENE_WYOMING__PORT: "80x" }, flags: NONE })).toThrow(
      'wyoming.port: must be a whole number from 0 to 65535, not "80x"',
    );
  });

  it("warns of an environment name that stands for nothing", () => {
    const { warnings } = loadConfig({ env: { IRENE_WYOMNG__PORT: "1", PATH: "x" }, flags: NONE });
    expect(warnings).toEqual(["IRENE_WYOMNG__PORT in the environment stands for no option and is ignored."]);
  });

  it("takes an empty group as no settings", () => {
    expect(loadConfig({ env: {}, flags: NONE, file: file("mqtt:\n") }).config.mqtt.port).toBe(1883);
  });

  it("names a file that is missing, is not YAML, or holds a list", () => {
    expect(() => loadConfig({ env: {}, flags: NONE, file: join(dir, "none.yaml") })).toThrow(
      "cannot be read",
    );
    expect(problems("a: [")).toContain("is not valid YAML");
    expect(problems("- a")).toContain("must hold options");
  });

  it("reads the options page under a Supervisor", () => {
    const options = file('{"language": "ru", "memory_budget": "60%"}', "options.json");
    const env = { SUPERVISOR_TOKEN: "x", IRENE_OPTIONS_FILE: options };
    const { config, underSupervisor } = loadConfig({ env, flags: NONE });
    expect(underSupervisor).toBe(true);
    expect(config.language).toBe("ru");
    expect(config.data_dir).toBe("/data");
  });

  it.each(["auto", "60%", "900MB", "1.5GiB", "512 M"])("accepts the budget %s", (budget) => {
    const { config } = loadConfig({ env: { IRENE_MEMORY_BUDGET: budget }, flags: NONE });
    expect(config.memory_budget).toBe(budget);
  });

  it.each(["lots", "-1", "60", "12 monkeys"])("refuses the budget %s", (budget) => {
    expect(() => loadConfig({ env: { IRENE_MEMORY_BUDGET: budget }, flags: NONE })).toThrow("memory_budget");
  });
});
