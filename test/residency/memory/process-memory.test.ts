import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { KIB, MIB } from "../../../src/base/units.js";
import { KernelFiles } from "../../../src/residency/memory/kernel-files.js";
import {
  readProcessAlone,
  readProcessMemory,
  resetPeak,
} from "../../../src/residency/memory/process-memory.js";
import { kernelRoot } from "../../fixtures/kernel-root.js";

const STATUS = `Name:	node
VmPeak:	 1200000 kB
VmHWM:	  130000 kB
VmRSS:	  100000 kB
RssAnon:	   60000 kB
RssFile:	   40000 kB
VmSwap:	     500 kB
`;
const ROLLUP = `561c9af00000-7ffcb47f7000 ---p 00000000 00:00 0                          [rollup]
Rss:              100000 kB
Pss:               70000 kB
Private_Clean:      5000 kB
Private_Dirty:     58000 kB
Swap:                500 kB
SwapPss:             400 kB
`;

describe("readProcessMemory", () => {
  it("counts the share of mapped pages and what is swapped out", async () => {
    const { files } = kernelRoot({ "proc/7/status": STATUS, "proc/7/smaps_rollup": ROLLUP });
    expect(await readProcessMemory(files, 7)).toEqual({
      bytes: 70_400 * KIB,
      privateBytes: 63_000 * KIB,
      // The high-water mark lies 30,000 kB above today.
      peakBytes: 100_400 * KIB,
      swapBytes: 400 * KIB,
    });
  });

  it("counts anonymous pages where the kernel has no roll-up", async () => {
    const { files } = kernelRoot({ "proc/7/status": STATUS });
    expect(await readProcessMemory(files, 7)).toMatchObject({
      bytes: 60_500 * KIB,
      privateBytes: 60_000 * KIB,
    });
  });

  it("counts the processes below it too", async () => {
    const { files } = kernelRoot({
      "proc/7/status": STATUS,
      "proc/7/smaps_rollup": ROLLUP,
      "proc/7/task/7/children": "8 9 ",
      "proc/8/status": STATUS,
      "proc/8/smaps_rollup": ROLLUP,
    });
    expect(await readProcessMemory(files, 7)).toMatchObject({
      bytes: 2 * 70_400 * KIB,
      peakBytes: 2 * 100_400 * KIB,
    });
    expect(await readProcessAlone(files, 7)).toMatchObject({ bytes: 70_400 * KIB });
  });

  it("leaves out a program that has only just begun", async () => {
    const stat = (ticks: number) => `8 (a b) S ${"0 ".repeat(18)}${ticks} 0 0`;
    const { files } = kernelRoot({
      "proc/uptime": "1000.00 3000.00",
      "proc/7/status": STATUS,
      "proc/7/smaps_rollup": ROLLUP,
      "proc/7/task/7/children": "8 9 ",
      "proc/8/stat": stat(99_950),
      "proc/8/status": STATUS,
      "proc/8/smaps_rollup": ROLLUP,
      "proc/9/stat": stat(50_000),
      "proc/9/status": STATUS,
      "proc/9/smaps_rollup": ROLLUP,
    });
    expect(await readProcessMemory(files, 7)).toMatchObject({ bytes: 2 * 70_400 * KIB });
  });

  it("has nothing to say about a process that has gone", async () => {
    const { files } = kernelRoot({ "proc/8/status": "Name:	node\nState:	Z (zombie)\n" });
    expect(await readProcessMemory(files, 7)).toBeUndefined();
    expect(await readProcessMemory(files, 8)).toBeUndefined();
  });

  it.skipIf(process.platform !== "linux")(
    "sees a real child allocate, peak and start a new peak (on Linux)",
    async () => {
      const child = spawn(
        process.execPath,
        [
          "-e",
          `let held = Buffer.alloc(${80 * MIB}, 1);
         let peak = Buffer.alloc(${60 * MIB}, 1);
         process.stdin.on("data", () => { peak = undefined; gc(); console.log("dropped"); });
         console.log("filled");
         setInterval(() => held.length, 1e6);`,
        ].toSpliced(0, 0, "--expose-gc"),
      );
      try {
        const pid = child.pid ?? 0;
        const files = new KernelFiles();
        await once(child.stdout, "data");
        const full = await readProcessMemory(files, pid);
        expect(full?.bytes).toBeGreaterThan(140 * MIB);
        expect(full?.bytes).toBeLessThan(260 * MIB);
        expect(full?.privateBytes).toBeLessThanOrEqual(full?.bytes ?? 0);

        child.stdin.write("x");
        await once(child.stdout, "data");
        const dropped = await readProcessMemory(files, pid);
        expect(dropped?.bytes).toBeLessThan((full?.bytes ?? 0) - 50 * MIB);
        expect(dropped?.peakBytes).toBeGreaterThan((full?.bytes ?? 0) - 5 * MIB);

        expect(await resetPeak(files, pid)).toBe(true);
        const fresh = await readProcessMemory(files, pid);
        expect(fresh?.peakBytes).toBeLessThan((dropped?.peakBytes ?? 0) - 50 * MIB);
      } finally {
        child.kill("SIGKILL");
        await once(child, "exit");
      }
      expect(await readProcessMemory(new KernelFiles(), child.pid ?? 0)).toBeUndefined();
    },
  );

  it("says when a peak cannot be started anew", async () => {
    const { files } = kernelRoot({});
    expect(await resetPeak(files, 7)).toBe(false);
  });
});
