import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ConfigError } from "../../../src/base/errors.js";
import { GIB, MIB } from "../../../src/base/units.js";
import {
  headroomOf,
  parseBudgetOption,
  reserveOf,
  resolveBudget,
  SMALLEST_BUDGET_BYTES,
} from "../../../src/residency/memory/budget.js";
import type { CgroupMemory } from "../../../src/residency/memory/cgroup.js";
import type { MemoryConditions } from "../../../src/residency/memory/memory-probe.js";

const COUNTERS = { oomKills: 0, fileRefaults: 0, majorFaults: 0 };
const machine = (totalBytes: number, availableBytes: number): MemoryConditions => ({
  machine: { totalBytes, availableBytes },
  counters: COUNTERS,
});
const cgroup = (limitBytes: number, usedBytes: number): CgroupMemory => ({
  version: 2,
  limitBytes,
  usedBytes,
  headroomBytes: Math.max(0, limitBytes - usedBytes),
  oomKills: 0,
});

describe("parseBudgetOption", () => {
  it("reads auto, shares and amounts", () => {
    expect(parseBudgetOption(" Auto ")).toEqual({ kind: "auto" });
    expect(parseBudgetOption("60 %")).toEqual({ kind: "share", percent: 60 });
    expect(parseBudgetOption("900MB")).toEqual({ kind: "bytes", bytes: 900e6 });
    expect(parseBudgetOption("1.5GiB")).toEqual({ kind: "bytes", bytes: 1.5 * GIB });
  });

  it("tells what to write instead of anything else", () => {
    for (const text of ["", "lots", "120%", "0%", "0MB", "-5MB", "60%MB"]) {
      expect(() => parseBudgetOption(text)).toThrow(ConfigError);
      expect(() => parseBudgetOption(text)).toThrow(/auto, a share such as 60%, or an amount such as 900MB/);
    }
  });
});

describe("resolveBudget", () => {
  it("takes 60 % of what is available when less than half of all is", () => {
    const budget = resolveBudget({ kind: "auto" }, machine(4 * GIB, 2 * GIB));
    expect(budget.bytes).toBe(Math.round(1.2 * GIB));
    expect(budget.reason).toBe("auto: 60 % of 2.1 GB available");
  });

  it("takes half of the machine when much is available", () => {
    const budget = resolveBudget({ kind: "auto" }, machine(4 * GIB, 3.9 * GIB));
    expect(budget).toEqual({ bytes: 2 * GIB, reason: "auto: half of the 4.3 GB of this machine" });
  });

  it("does not count the models' own memory as lost", () => {
    const budget = resolveBudget({ kind: "auto" }, machine(8 * GIB, 1 * GIB), 2 * GIB);
    expect(budget.bytes).toBe(Math.round(2.6 * GIB));
    expect(budget.reason).toContain("models hold already");
  });

  it("keeps a floor and says so", () => {
    const budget = resolveBudget({ kind: "auto" }, machine(1 * GIB, 100 * MIB));
    expect(budget.bytes).toBe(SMALLEST_BUDGET_BYTES);
    expect(budget.reason).toBe("auto: 60 % of 105 MB available would be 63 MB; never less than 201 MB");
  });

  it("takes the container's view when its limit is tighter", () => {
    const conditions = { ...machine(8 * GIB, 6 * GIB), cgroup: cgroup(1 * GIB, 0.5 * GIB) };
    expect(resolveBudget({ kind: "auto" }, conditions).bytes).toBe(Math.round(0.3 * GIB));
    expect(resolveBudget({ kind: "share", percent: 50 }, conditions)).toEqual({
      bytes: 0.5 * GIB,
      reason: "50 % of the 1.1 GB this container may use",
    });
  });

  it("ignores a container limit above the machine", () => {
    const conditions = { ...machine(4 * GIB, 3.9 * GIB), cgroup: cgroup(64 * GIB, 0) };
    expect(resolveBudget({ kind: "auto" }, conditions).bytes).toBe(2 * GIB);
  });

  it("takes an amount as given, up to all there is", () => {
    expect(resolveBudget({ kind: "bytes", bytes: 900e6 }, machine(4 * GIB, GIB))).toEqual({
      bytes: 900e6,
      reason: "900 MB as configured",
    });
    expect(resolveBudget({ kind: "bytes", bytes: 9e9 }, machine(4e9, 1e9))).toEqual({
      bytes: 4e9,
      reason: "9 GB are configured, but there are only 4 GB of this machine",
    });
  });

  it("guesses carefully where nothing can be measured", () => {
    expect(resolveBudget({ kind: "auto" }, { counters: COUNTERS }).bytes).toBe(Math.round(0.6 * 512 * MIB));
  });
});

describe("headroomOf", () => {
  it("keeps a reserve on the machine", () => {
    expect(headroomOf(machine(8e9, 2e9))).toEqual({
      bytes: 2e9 - 0.8e9,
      reason: "the machine has 2 GB left, of which 800 MB stay free",
    });
    expect(reserveOf(1 * GIB)).toBe(256 * MIB);
    expect(headroomOf(machine(1 * GIB, 100 * MIB)).bytes).toBe(0);
  });

  it("never mixes the container's use with the machine's total", () => {
    // A container that uses little on a machine that others have filled: the machine's view must win.
    const full = { ...machine(4e9, 0.5e9), cgroup: cgroup(3e9, 0.1e9) };
    expect(headroomOf(full).bytes).toBe(0.5e9 - 0.4e9);
    // A machine with plenty left around a container that is nearly full: the container's view must win.
    const tight = { ...machine(8e9, 7e9), cgroup: cgroup(1e9, 0.9e9) };
    expect(headroomOf(tight)).toEqual({
      bytes: 1e8,
      reason: "the container may use 1 GB and uses 900 MB",
    });
  });

  it("is never above either view", () => {
    const bytes = fc.integer({ min: 0, max: 64e9 });
    fc.assert(
      fc.property(bytes, bytes, bytes, bytes, (total, available, limit, used) => {
        const conditions = { ...machine(total, Math.min(total, available)), cgroup: cgroup(limit, used) };
        const { bytes: room } = headroomOf(conditions);
        expect(room).toBeGreaterThanOrEqual(0);
        expect(room).toBeLessThanOrEqual(Math.max(0, limit - used));
        expect(room).toBeLessThanOrEqual(Math.min(total, available));
      }),
    );
  });

  it("knows no bound where nothing can be measured", () => {
    expect(headroomOf({ counters: COUNTERS }).bytes).toBe(Number.POSITIVE_INFINITY);
  });
});
