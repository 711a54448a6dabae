import { describe, expect, it } from "vitest";
import { MIB } from "../../src/base/units.js";
import { chooseArena } from "../../src/residency/arena.js";
import { learn } from "../../src/residency/footprint.js";

const figures = (mib: number, secondMs: number) =>
  learn(
    undefined,
    {
      loadPeakBytes: mib * MIB,
      steadyBytes: mib * MIB,
      inferencePeakBytes: mib * MIB,
      loadMs: 1,
      warmUpMs: 1,
      secondMs,
    },
    0,
  );

describe("chooseArena", () => {
  it("tries with the arena first, then without", () => {
    expect(chooseArena(undefined, undefined)).toBe(true);
    expect(chooseArena(figures(300, 300), undefined)).toBe(false);
    expect(chooseArena(undefined, figures(250, 300))).toBe(true);
  });

  it("drops it where that saves memory for nothing", () => {
    // Whisper tiny as measured: 50 MB less at the same speed.
    expect(chooseArena(figures(322, 302), figures(275, 291))).toBe(false);
  });

  it("keeps it where the model is much slower without", () => {
    // Moonshine tiny as measured: 40 MB less at half the speed.
    expect(chooseArena(figures(200, 127), figures(159, 220))).toBe(true);
  });

  it("bears a little less speed for a lot of memory only", () => {
    expect(chooseArena(figures(400, 100), figures(280, 125))).toBe(false);
    expect(chooseArena(figures(400, 100), figures(340, 125))).toBe(true);
  });

  it("keeps it where it costs next to nothing", () => {
    expect(chooseArena(figures(100, 100), figures(96, 90))).toBe(true);
  });
});
