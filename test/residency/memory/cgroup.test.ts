import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { MIB } from "../../../src/base/units.js";
import { readCgroupMemory } from "../../../src/residency/memory/cgroup.js";
import { KernelFiles } from "../../../src/residency/memory/kernel-files.js";
import { CGROUP_V2_NAMESPACE, kernelRoot } from "../../fixtures/kernel-root.js";

const V1_MOUNT = "35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory\n";
const V2_MOUNT = "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n";
const NO_LIMIT_V1 = "9223372036854771712\n";

describe("readCgroupMemory, version 2", () => {
  const group = (path: string, max: string, current: number, inactive: number) => ({
    [`${path}/memory.max`]: `${max}\n`,
    [`${path}/memory.current`]: `${current}\n`,
    [`${path}/memory.stat`]: `anon 5\nfile 7\ninactive_file ${inactive}\nactive_file 3\n`,
  });

  it("leaves the page cache the kernel would drop out of the use", async () => {
    const { files } = kernelRoot({
      ...CGROUP_V2_NAMESPACE,
      ...group("sys/fs/cgroup", String(500 * MIB), 300 * MIB, 100 * MIB),
      "sys/fs/cgroup/memory.events": "low 0\nhigh 0\nmax 4\noom 1\noom_kill 3\noom_group_kill 0\n",
    });
    expect(await readCgroupMemory(files)).toEqual({
      version: 2,
      limitBytes: 500 * MIB,
      usedBytes: 200 * MIB,
      headroomBytes: 300 * MIB,
      oomKills: 3,
    });
  });

  it("knows the text max as no limit", async () => {
    const { files } = kernelRoot({ ...CGROUP_V2_NAMESPACE, ...group("sys/fs/cgroup", "max", 300 * MIB, 0) });
    expect(await readCgroupMemory(files)).toMatchObject({
      limitBytes: undefined,
      headroomBytes: Number.POSITIVE_INFINITY,
    });
  });

  it("takes the tightest of nested limits", async () => {
    const { files } = kernelRoot({
      "proc/self/cgroup": "0::/system.slice/voice/inner\n",
      "proc/self/mountinfo": CGROUP_V2_NAMESPACE["proc/self/mountinfo"],
      ...group("sys/fs/cgroup/system.slice/voice/inner", String(900 * MIB), 100 * MIB, 0),
      ...group("sys/fs/cgroup/system.slice/voice", String(400 * MIB), 250 * MIB, 50 * MIB),
      ...group("sys/fs/cgroup/system.slice", "max", 800 * MIB, 0),
    });
    expect(await readCgroupMemory(files)).toMatchObject({
      limitBytes: 400 * MIB,
      usedBytes: 200 * MIB,
      headroomBytes: 200 * MIB,
    });
  });

  it("takes a throttling limit for a limit", async () => {
    const { files } = kernelRoot({
      ...CGROUP_V2_NAMESPACE,
      ...group("sys/fs/cgroup", "max", 100 * MIB, 0),
      "sys/fs/cgroup/memory.high": `${300 * MIB}\n`,
    });
    expect(await readCgroupMemory(files)).toMatchObject({ limitBytes: 300 * MIB, headroomBytes: 200 * MIB });
  });

  it("stays at the top when its path climbs out of the namespace", async () => {
    const { files } = kernelRoot({
      "proc/self/cgroup": "0::/../../other\n",
      "proc/self/mountinfo": CGROUP_V2_NAMESPACE["proc/self/mountinfo"],
      ...group("sys/fs/cgroup", String(64 * MIB), 0, 0),
    });
    expect(await readCgroupMemory(files)).toMatchObject({ limitBytes: 64 * MIB });
  });
});

describe("readCgroupMemory, version 1", () => {
  const group = (path: string, limit: string, usage: number, own: number, all: number) => ({
    [`${path}/memory.limit_in_bytes`]: limit,
    [`${path}/memory.usage_in_bytes`]: `${usage}\n`,
    [`${path}/memory.stat`]: `cache 9\ninactive_file ${own}\ntotal_inactive_file ${all}\n`,
    [`${path}/memory.oom_control`]: "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n",
  });

  it("is found by the memory line even where version 2 is mounted too", async () => {
    const { files } = kernelRoot({
      "proc/self/cgroup": "4:memory:/voice\n1:name=systemd:/\n0::/\n",
      "proc/self/mountinfo": V2_MOUNT + V1_MOUNT,
      ...group("sys/fs/cgroup/memory/voice", `${300 * MIB}\n`, 250 * MIB, 10 * MIB, 50 * MIB),
      ...group("sys/fs/cgroup/memory", NO_LIMIT_V1, 900 * MIB, 0, 0),
    });
    expect(await readCgroupMemory(files)).toEqual({
      version: 1,
      limitBytes: 300 * MIB,
      // Groups below count in the usage, so their droppable cache counts as well.
      usedBytes: 200 * MIB,
      headroomBytes: 100 * MIB,
      oomKills: 2,
    });
  });

  it("follows a container's mount to its own group", async () => {
    const { files } = kernelRoot({
      "proc/self/cgroup": "4:cpu,memory:/docker/abc\n",
      "proc/self/mountinfo":
        "35 31 0:32 /docker/abc /sys/fs/cgroup/memory ro - cgroup cgroup rw,cpu,memory\n",
      ...group("sys/fs/cgroup/memory", NO_LIMIT_V1, 9 * MIB, 0, 0),
    });
    expect(await readCgroupMemory(files)).toMatchObject({ version: 1, limitBytes: undefined, oomKills: 2 });
  });

  it("is undefined where there is no memory controller", async () => {
    const { files } = kernelRoot({
      "proc/self/cgroup": "1:name=systemd:/\n",
      "proc/self/mountinfo": V1_MOUNT,
    });
    expect(await readCgroupMemory(files)).toBeUndefined();
    expect(await readCgroupMemory(kernelRoot({}).files)).toBeUndefined();
  });
});

const V1_ROOT = "/sys/fs/cgroup/memory";
const canMakeGroups = process.getuid?.() === 0 && existsSync(`${V1_ROOT}/memory.limit_in_bytes`);

describe("readCgroupMemory on this machine", () => {
  it.skipIf(!canMakeGroups)(
    "sees a real limit of version 1 (as root, where version 1 is mounted)",
    async () => {
      const own = /^\d+:memory:(.*)$/m.exec(readFileSync("/proc/self/cgroup", "utf8"))?.[1] ?? "/";
      const home = `${V1_ROOT}${own}`;
      const group = `${home}/voice-limit-${process.pid}`;
      mkdirSync(group);
      try {
        writeFileSync(`${group}/memory.limit_in_bytes`, String(2048 * MIB));
        writeFileSync(`${group}/cgroup.procs`, String(process.pid));
        const inside = await readCgroupMemory(new KernelFiles());
        expect(inside).toMatchObject({ version: 1, limitBytes: 2048 * MIB });
        expect(inside?.headroomBytes).toBeGreaterThan(1024 * MIB);
        expect(inside?.headroomBytes).toBeLessThanOrEqual(2048 * MIB);
      } finally {
        writeFileSync(`${home}/cgroup.procs`, String(process.pid));
        rmdirSync(group);
      }
    },
  );
});
