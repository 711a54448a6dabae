import { describe, expect, it } from "vitest";
import { KIB } from "../../../src/base/units.js";
import { KernelMemoryProbe, oomKillsIn } from "../../../src/residency/memory/memory-probe.js";
import { CGROUP_V2_NAMESPACE, kernelRoot, MEMINFO_4_GB } from "../../fixtures/kernel-root.js";

describe("KernelMemoryProbe", () => {
  it("gathers what there is and leaves out what there is not", async () => {
    const { files } = kernelRoot({ "proc/meminfo": MEMINFO_4_GB, "proc/vmstat": "oom_kill 4\n" });
    const conditions = await new KernelMemoryProbe(files).conditions();
    expect(conditions).toEqual({
      machine: { totalBytes: 4_000_000 * KIB, availableBytes: 2_500_000 * KIB },
      counters: { oomKills: 4, fileRefaults: 0, majorFaults: 0 },
    });
    expect(oomKillsIn(conditions)).toBe(4);
  });

  it("adds up the kills of our group and of the machine", async () => {
    const { files } = kernelRoot({
      ...CGROUP_V2_NAMESPACE,
      "proc/vmstat": "oom_kill 4\n",
      "sys/fs/cgroup/memory.max": "max\n",
      "sys/fs/cgroup/memory.current": "1\n",
      "sys/fs/cgroup/memory.events": "oom_kill 3\n",
    });
    expect(oomKillsIn(await new KernelMemoryProbe(files).conditions())).toBe(7);
  });

  it.skipIf(process.platform !== "linux")("measures this very process (on Linux)", async () => {
    const own = await new KernelMemoryProbe().process(process.pid);
    expect(own?.bytes).toBeGreaterThan(1024 * KIB);
    expect(own?.peakBytes).toBeGreaterThanOrEqual(own?.bytes ?? Number.POSITIVE_INFINITY);
  });
});
