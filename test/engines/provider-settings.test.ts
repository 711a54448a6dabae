import { describe, expect, it } from "vitest";
import { integer, oneOf, readSettings, text } from "../../src/engines/provider-settings.js";
import { loadSpec } from "../fixtures/workers.js";

const RULES = { device: oneOf(["cpu", "cuda"], "cpu"), rate: integer(80, 450, 175), voice: text("") };
const read = (settings: Record<string, unknown>) =>
  readSettings(loadSpec({ provider: "espeak", settings }), RULES);

describe("readSettings", () => {
  it("fills in what is not given", () => {
    expect(read({})).toEqual({ device: "cpu", rate: 175, voice: "" });
    expect(read({ device: null, rate: "" })).toEqual({ device: "cpu", rate: 175, voice: "" });
  });

  it("takes what is given", () => {
    expect(read({ device: "cuda", rate: 80, voice: "irina" })).toEqual({
      device: "cuda",
      rate: 80,
      voice: "irina",
    });
  });

  it("names the setting that is wrong, and what it needs", () => {
    for (const [settings, message] of [
      [{ device: "gpu" }, 'The provider espeak needs one of cpu, cuda as device, not "gpu".'],
      [{ rate: 451 }, "The provider espeak needs a whole number from 80 to 450 as rate, not 451."],
      [{ rate: 100.5 }, "The provider espeak needs a whole number from 80 to 450 as rate, not 100.5."],
      [{ voice: 1 }, "The provider espeak needs text as voice, not 1."],
      [{ tempo: 1 }, "The provider espeak has no setting tempo; it knows device, rate, voice."],
    ] as const) {
      expect(() => read(settings)).toThrow(expect.objectContaining({ code: "engine-load-failed", message }));
    }
  });
});
