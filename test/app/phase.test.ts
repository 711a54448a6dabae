import { describe, expect, it } from "vitest";
import { phaseOf } from "../../src/app/phase.js";
import type { ModelSnapshot } from "../../src/sessions/snapshot.js";

const model = (changes: Partial<ModelSnapshot>): ModelSnapshot => ({
  id: "a/b",
  title: "B",
  provider: "a",
  capability: "stt",
  languages: ["en"],
  licence: "MIT",
  commercial: true,
  asset: { name: "present", bytes: 10 },
  state: "cold",
  leases: 0,
  memoryBytes: 1,
  memorySource: "estimated",
  ...changes,
});
const missing = model({ asset: { name: "missing" } });
const half = model({
  asset: { name: "downloading", bytesDone: 50, bytesTotal: 100, bytesPerSecond: 1, etaSeconds: 50 },
});
const ready = model({ state: "ready", warmUpMs: 5, wasReady: true });
const failed = model({ state: "failed", error: "Its file is broken." });

describe("phaseOf", () => {
  it.each([
    ["starting before the warm-up begins", [ready], false, "starting", 0],
    ["ready with nothing to warm", [], true, "ready", 1],
    ["downloading while a file is missing", [missing, ready], true, "downloading", 0.5],
    ["downloading by what has arrived", [half], true, "downloading", 0.325],
    ["loading from disk", [model({ state: "loading" })], true, "loading", 0.7],
    ["warming", [model({ state: "warming" }), ready], true, "warming", 0.925],
    ["ready", [ready], true, "ready", 1],
    ["ready when a model was warm and left for others", [model({ wasReady: true }), ready], true, "ready", 1],
    ["loading what was ready only in an earlier run", [model({ warmUpMs: 5 }), ready], true, "loading", 0.8],
    [
      "degraded without memory for one of two",
      [model({ error: "No memory." }), ready],
      true,
      "degraded",
      0.8,
    ],
    ["degraded when one of two failed", [failed, ready], true, "degraded", 0.8],
    ["error when all failed", [failed], true, "error", 0.6],
    ["busy as long as others are coming", [failed, missing], true, "downloading", 0.3],
  ] as const)("says %s", (_, models, started, phase, progress) => {
    const result = phaseOf(models, started);
    expect(result.phase).toBe(phase);
    expect(result.progress).toBeCloseTo(progress, 5);
    expect(result.ready).toBe(phase === "ready");
  });

  it("gives the reason of a failure", () => {
    expect(phaseOf([failed, ready], true).problem).toBe("B: Its file is broken.");
    expect(phaseOf([ready], true, { lacking: ["Large needs 3 GB"] })).toMatchObject({
      phase: "degraded",
      ready: false,
      problem: "Large needs 3 GB.",
    });
    expect(phaseOf([ready], true, { rehearsed: false })).toMatchObject({ phase: "warming", ready: false });
    const corrupt = model({ asset: { name: "corrupt", reason: "sha256 differs" } });
    expect(phaseOf([corrupt], true).problem).toBe("B: sha256 differs");
  });
});
