import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Core } from "../../src/app/core.js";
import { systemClock } from "../../src/base/clock.js";
import { MIB } from "../../src/base/units.js";
import { buildConfig } from "../../src/config/check.js";
import { recordingLogger } from "../fixtures/recording-logger.js";

/** A whole house without network, models or doors. */
describe("LiveControls", () => {
  let dataDir: string;
  let core: Core;
  beforeEach(async () => {
    dataDir = mkdtempSync(join(tmpdir(), "irene-controls-"));
    const config = buildConfig([{ data_dir: dataDir, preload: false, models: { offline: true } }]);
    const log = recordingLogger();
    core = await Core.create({ config, env: {}, log, clock: systemClock, named: new Set() });
    core.preload.decide();
  });
  afterEach(async () => {
    await core.close();
    rmSync(dataDir, { recursive: true });
  });
  const choice = (capability: string) =>
    core.snapshots.current().choices.find((each) => each.capability === capability)?.model;

  it("promises models no more than the machine has", async () => {
    const before = core.snapshots.current().memory;
    await expect(core.steer().setBudget(1e15)).rejects.toMatchObject({ code: "larger-than-budget" });
    expect(core.snapshots.current().memory.budgetBytes).toBe(before.budgetBytes);
    await core.steer().setBudget(300 * MIB);
    expect(core.snapshots.current().memory.budgetBytes).toBe(300 * MIB);
    await core.steer().setBudget(undefined);
    expect(core.snapshots.current().memory.budgetReason).toMatch(/^auto/);
  });

  it("changes how long idle models stay", async () => {
    await core.steer().setKeepAlive(90);
    expect(core.snapshots.current().settings?.keepAliveSeconds).toBe(90);
  });

  it.each([
    ["of another capability", "espeak/espeak-ng", "is a tts model, and stt is needed"],
    ["of another language", "vosk/small-ru", /does no stt for en|There is no model/],
    ["nobody knows", "whisper/enormous", "There is no model whisper/enormous"],
  ])("refuses a model %s", async (_, model, sentence) => {
    const change = core.steer().chooseModel({ capability: "stt", language: "en", model });
    await expect(change).rejects.toThrow(sentence);
  });

  it("takes a model at its word and gives the choice back when asked to", async () => {
    const automatic = choice("stt");
    const choose = (model: string | undefined) =>
      core.steer().chooseModel({ capability: "stt", language: "en", model });
    await choose("whisper/base");
    expect(choice("stt")).toBe("whisper/base");
    await choose(undefined);
    expect(choice("stt")).toBe(automatic);
  });

  it("says that nobody is there to speak", async () => {
    await expect(core.steer().say({ site: "attic", text: "Hello" })).rejects.toThrow("hermes.enabled");
    await expect(core.steer().setVolume({ site: "attic", volume: 1 })).rejects.toThrow("hermes.enabled");
  });
});
