import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readMemoryPressure } from "../../../src/residency/memory/psi.js";
import { CGROUP_V2_NAMESPACE, kernelRoot } from "../../fixtures/kernel-root.js";

const pressure = (some: number, full: number) =>
  `some avg10=${some} avg60=1.00 avg300=0.10 total=9\nfull avg10=${full} avg60=0.00 avg300=0.00 total=3\n`;

describe("readMemoryPressure", () => {
  it("reads the machine's pressure", async () => {
    const { files } = kernelRoot({ "proc/pressure/memory": pressure(12.34, 5.5) });
    expect(await readMemoryPressure(files)).toEqual({ somePercent: 12.34, fullPercent: 5.5 });
  });

  it("prefers the pressure of its own group", async () => {
    const { files } = kernelRoot({
      ...CGROUP_V2_NAMESPACE,
      "proc/pressure/memory": pressure(1, 0),
      "sys/fs/cgroup/memory.pressure": pressure(40, 20),
    });
    expect(await readMemoryPressure(files)).toEqual({ somePercent: 40, fullPercent: 20 });
  });

  it("is undefined on a kernel that has it switched off", async () => {
    expect(await readMemoryPressure(kernelRoot({}).files)).toBeUndefined();
  });

  it("is undefined where the file exists but cannot be read", async () => {
    const { files, root } = kernelRoot({});
    mkdirSync(join(root, "proc/pressure/memory"), { recursive: true });
    expect(await readMemoryPressure(files)).toBeUndefined();
  });
});
