import { describe, expect, it } from "vitest";
import { onlyBeside } from "../../../src/app/home/only-beside.js";
import { systemClock } from "../../../src/base/clock.js";
import type { ModelView } from "../../../src/residency/resident-model.js";
import { ScriptedResidency } from "../../fixtures/scripted-residency.js";

const MB = 1e6;

describe("onlyBeside", () => {
  const house = (state: ModelView["state"], measuredMb: number) => {
    const residency = new ScriptedResidency(systemClock, []);
    const model: ModelView = {
      id: "vosk/small",
      state,
      leases: 0,
      memoryBytes: 0,
      memorySource: "estimated",
      pinned: false,
      keepAliveSeconds: -1,
    };
    const view = () => ({
      budgetBytes: 500 * MB,
      measuredBytes: measuredMb * MB,
      reservedBytes: 50 * MB,
      models: [model],
    });
    const seen = Object.assign(residency, { view });
    return { residency, beside: onlyBeside(seen, () => 250 * MB) };
  };
  const options = { reason: "commands in en", mayEvict: "nobody", deadlineMs: 0 } as const;

  it("asks for a model that has room beside the others", async () => {
    const { residency, beside } = house("cold", 200);
    await beside.warmUp("vosk/small", options);
    expect(residency.warmed).toEqual(["vosk/small"]);
    expect(beside.isReady("vosk/small")).toBe(true);
  });

  it("does not ask for one that has none, and says what is left", async () => {
    const { residency, beside } = house("cold", 201);
    await expect(beside.warmUp("vosk/small", options)).rejects.toMatchObject({
      code: "over-budget",
      message: "it needs 250 MB, and 249 MB of 500 MB are left beside the others",
    });
    expect(residency.warmed).toEqual([]);
  });

  it("waits for one that is on its way already, whose memory is counted", async () => {
    const { residency, beside } = house("loading", 400);
    await beside.warmUp("vosk/small", options);
    expect(residency.warmed).toEqual(["vosk/small"]);
  });
});
