import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { LiveSettings } from "../../src/app/live-settings.js";
import { buildConfig } from "../../src/config/check.js";
import { recordingLogger } from "../fixtures/recording-logger.js";

describe("LiveSettings", () => {
  let dataDir: string;
  const config = buildConfig([{ keep_alive: 60 }]);
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), "irene-live-"));
    mkdirSync(join(dataDir, "state"));
  });
  afterEach(() => rmSync(dataDir, { recursive: true }));
  const file = () => join(dataDir, "state", "settings.json");
  const open = (named: readonly string[] = []) => {
    const log = recordingLogger();
    const live = new LiveSettings({ config, dataDir, named: new Set(named), log });
    return { live, said: () => log.lines.map(({ message }) => message).join("\n") };
  };

  it("is the configuration until something is changed", () => {
    expect(open().live.config).toBe(config);
  });

  it("puts changes above the configuration, and keeps them over a restart", () => {
    const { live } = open();
    live.setBudget(512 * 1024 ** 2);
    live.setKeepAlive(-1);
    live.setModel("stt", "en-GB", "whisper/tiny");
    live.setPreload("tts", "piper", true);
    for (const { live: now } of [{ live }, open()]) {
      expect(now.config).toMatchObject({ memory_budget: "536870912B", keep_alive: -1 });
      expect(now.model("stt", "en")).toBe("whisper/tiny");
      expect(now.model("tts", "en")).toBeUndefined();
      expect(now.config.providers.tts.piper.preload_models).toBe(true);
      expect(now.preload("tts", "espeak")).toBe(false);
    }
    expect(readdirSync(join(dataDir, "state"))).toEqual(["settings.json"]);
  });

  it("leaves a choice to the configuration again", () => {
    const { live } = open();
    live.setModel("stt", "en", "whisper/tiny");
    live.setModel("stt", "en", undefined);
    expect(open().live.model("stt", "en")).toBeUndefined();
  });

  it("lets what is named at start win until it is changed again, and says so", () => {
    open().live.setBudget(512 * 1024 ** 2);
    const { live, said } = open(["memory_budget"]);
    expect(live.config.memory_budget).toBe("auto");
    expect(said()).toMatch(
      /memory_budget: .* was set while running; memory_budget is named at start and wins/,
    );
    live.setBudget(600);
    expect(live.config.memory_budget).toBe("600B");
    expect(said()).toContain("holds until the next start");
    expect(open().live.config.memory_budget).toBe("600B");
  });

  it("leaves out what means nothing, and says which", () => {
    const odd = {
      keep_alive: "soon",
      memory_budget: -1,
      "model.stt.en": 7,
      colour: "red",
      "preload.tts.piper": true,
    };
    writeFileSync(file(), JSON.stringify(odd));
    const { live, said } = open();
    expect(live.config).toMatchObject({ keep_alive: 60, memory_budget: "auto" });
    expect(live.preload("tts", "piper")).toBe(true);
    for (const key of ["keep_alive", "memory_budget", "model.stt.en", "colour"])
      expect(said()).toContain(`"${key}"`);
  });

  it("starts from the configuration when the file is broken, and can be changed all the same", () => {
    writeFileSync(file(), '{"keep_alive": 3');
    const { live, said } = open();
    expect(live.config).toBe(config);
    expect(said()).toContain("cannot be read");
    live.setKeepAlive(5);
    expect(JSON.parse(readFileSync(file(), "utf8"))).toEqual({ keep_alive: 5 });
  });

  it("reads and keeps nothing without a folder", () => {
    const live = new LiveSettings({ config, dataDir: undefined, named: new Set(), log: recordingLogger() });
    live.setKeepAlive(5);
    expect(live.config.keep_alive).toBe(5);
    expect(readdirSync(join(dataDir, "state"))).toEqual([]);
  });
});
