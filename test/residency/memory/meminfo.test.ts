import { describe, expect, it } from "vitest";
import { KIB } from "../../../src/base/units.js";
import { KernelFiles } from "../../../src/residency/memory/kernel-files.js";
import { readMachineCounters, readMachineMemory } from "../../../src/residency/memory/meminfo.js";
import { kernelRoot, MEMINFO_4_GB } from "../../fixtures/kernel-root.js";

describe("readMachineMemory", () => {
  it("reads total and available memory", async () => {
    const { files } = kernelRoot({ "proc/meminfo": MEMINFO_4_GB });
    expect(await readMachineMemory(files)).toEqual({
      totalBytes: 4_000_000 * KIB,
      availableBytes: 2_500_000 * KIB,
    });
  });

  it("estimates what is available on a kernel that does not", async () => {
    const { files } = kernelRoot({ "proc/meminfo": MEMINFO_4_GB.replace(/MemAvailable.*\n/, "") });
    expect((await readMachineMemory(files))?.availableBytes).toBe(1_210_000 * KIB);
  });

  it("is undefined without the file", async () => {
    expect(await readMachineMemory(kernelRoot({}).files)).toBeUndefined();
  });

  it.skipIf(process.platform !== "linux")("agrees with itself on a real machine (on Linux)", async () => {
    const memory = await readMachineMemory(new KernelFiles());
    expect(memory?.availableBytes).toBeGreaterThan(0);
    expect(memory?.availableBytes).toBeLessThanOrEqual(memory?.totalBytes ?? 0);
  });
});

describe("readMachineCounters", () => {
  it("reads kills, refaults and major faults", async () => {
    const { files } = kernelRoot({
      "proc/vmstat": "pgmajfault 5\nworkingset_refault_anon 1\nworkingset_refault_file 7\noom_kill 2\n",
    });
    expect(await readMachineCounters(files)).toEqual({ oomKills: 2, fileRefaults: 7, majorFaults: 5 });
  });

  it("takes the single refault counter of older kernels, and zero for none", async () => {
    const { files } = kernelRoot({ "proc/vmstat": "workingset_refault 9\n" });
    expect(await readMachineCounters(files)).toEqual({ oomKills: 0, fileRefaults: 9, majorFaults: 0 });
    expect((await readMachineCounters(kernelRoot({}).files)).oomKills).toBe(0);
  });
});
