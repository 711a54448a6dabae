import { posix } from "node:path";
import { type KernelFiles, parseCounterLines } from "./kernel-files.js";

/** What the memory controller says of the group this process lives in, and of the groups above it. */
export interface CgroupMemory {
  readonly version: 1 | 2;
  /** The limit that leaves least room, on the way from our group up; undefined without any. */
  readonly limitBytes: number | undefined;
  /** Bytes that count at that limit: charged, less the page cache the kernel would drop first. */
  readonly usedBytes: number;
  /** `limitBytes - usedBytes`; Infinity without a limit. */
  readonly headroomBytes: number;
  /** Processes of our group killed for want of memory. */
  readonly oomKills: number;
}

/** Undefined where there is no memory controller. @see https://docs.kernel.org/admin-guide/cgroup-v2.html#memory */
export async function readCgroupMemory(files: KernelFiles): Promise<CgroupMemory | undefined> {
  const place = await findGroup(files);
  if (!place) return undefined;
  const read = place.version === 2 ? readLevelV2 : readLevelV1;
  let tightest: Level = { limitBytes: undefined, usedBytes: 0 };
  for (const dir of levelsUp(place)) {
    const level = await read(files, dir);
    if (level && headroomOf(level) < headroomOf(tightest)) tightest = level;
  }
  const events = await files.read(
    `${place.dir}/${place.version === 2 ? "memory.events" : "memory.oom_control"}`,
  );
  return {
    version: place.version,
    ...tightest,
    headroomBytes: headroomOf(tightest),
    oomKills: parseCounterLines(events ?? "").get("oom_kill") ?? 0,
  };
}

/** Folder of the pressure file of our own group, version 2 only. */
export async function findPressureFile(files: KernelFiles): Promise<string | undefined> {
  const place = await findGroup(files);
  return place?.version === 2 ? `${place.dir}/memory.pressure` : undefined;
}

interface Level {
  readonly limitBytes: number | undefined;
  readonly usedBytes: number;
}

interface Place {
  readonly version: 1 | 2;
  /** Folder of our group. */
  readonly dir: string;
  /** Highest folder of the hierarchy we can see. */
  readonly mount: string;
}

const headroomOf = ({ limitBytes, usedBytes }: Level): number =>
  limitBytes === undefined ? Number.POSITIVE_INFINITY : Math.max(0, limitBytes - usedBytes);

/**
 * A machine may mount both versions; the memory controller is in only one, and a `memory` line in our own
 * membership says it is version 1.
 */
async function findGroup(files: KernelFiles): Promise<Place | undefined> {
  const membership = ((await files.read("proc/self/cgroup")) ?? "").split("\n").map((line) => {
    const [, controllers = "", path = ""] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    return { controllers: controllers.split(","), path };
  });
  const mounts = parseMounts((await files.read("proc/self/mountinfo")) ?? "");
  const v1 = membership.find(({ controllers }) => controllers.includes("memory"));
  const own = v1 ?? membership.find(({ controllers, path }) => controllers[0] === "" && path !== "");
  const mount = mounts.find(({ type, options }) =>
    v1 ? type === "cgroup" && options.includes("memory") : type === "cgroup2",
  );
  if (!own || !mount) return undefined;
  return { version: v1 ? 1 : 2, dir: locate(own.path, mount), mount: mount.point };
}

/**
 * A container sees its own group mounted as the top folder: the mount's root names it. A path that climbs out of our
 * namespace (`/../x`) cannot be followed.
 */
function locate(path: string, { root, point }: Mount): string {
  const below =
    path === root ? "" : root === "/" ? path : path.startsWith(`${root}/`) ? path.slice(root.length) : "";
  const dir = posix.normalize(`${point}/${below}`).replace(/\/$/, "");
  return dir === point || dir.startsWith(`${point}/`) ? dir : point;
}

interface Mount {
  readonly root: string;
  readonly point: string;
  readonly type: string;
  readonly options: readonly string[];
}

/** @see https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html */
function parseMounts(text: string): readonly Mount[] {
  return text.split("\n").flatMap((line) => {
    const [before, after] = line.split(" - ");
    const [, , , root, point] = (before ?? "").split(" ");
    const [type, , options] = (after ?? "").split(" ");
    if (!root || !point || !type?.startsWith("cgroup")) return [];
    return [{ root, point, type, options: (options ?? "").split(",") }];
  });
}

function levelsUp({ dir, mount }: Place): readonly string[] {
  const levels: string[] = [];
  for (let at = dir; at.startsWith(mount) && at.length >= mount.length; at = posix.dirname(at)) {
    levels.push(at);
    if (at === mount) break;
  }
  return levels;
}

async function readLevelV2(files: KernelFiles, dir: string): Promise<Level | undefined> {
  const current = parseNumber(await files.read(`${dir}/memory.current`));
  if (current === undefined) return undefined; // The root group has none, and no limit either.
  const max = parseNumber(await files.read(`${dir}/memory.max`));
  // Above `high` a group is not killed but throttled until it hardly moves: as good as a limit for us.
  const high = parseNumber(await files.read(`${dir}/memory.high`));
  const stat = parseCounterLines((await files.read(`${dir}/memory.stat`)) ?? "");
  const limits = [max, high].filter((value) => value !== undefined);
  return {
    limitBytes: limits.length > 0 ? Math.min(...limits) : undefined,
    usedBytes: Math.max(0, current - (stat.get("inactive_file") ?? 0)),
  };
}

/** Version 1 writes "no limit" as the largest multiple of the page size; no machine has a 64th of that. */
const NO_LIMIT_BYTES = 2 ** 57;

async function readLevelV1(files: KernelFiles, dir: string): Promise<Level | undefined> {
  const current = parseNumber(await files.read(`${dir}/memory.usage_in_bytes`));
  const limit = parseNumber(await files.read(`${dir}/memory.limit_in_bytes`));
  if (current === undefined || limit === undefined) return undefined;
  const stat = parseCounterLines((await files.read(`${dir}/memory.stat`)) ?? "");
  // Without the prefix it counts this group alone, while usage counts the groups below as well.
  const droppable = stat.get("total_inactive_file") ?? stat.get("inactive_file") ?? 0;
  return {
    limitBytes: limit < NO_LIMIT_BYTES ? limit : undefined,
    usedBytes: Math.max(0, current - droppable),
  };
}

/** The text `max` is no number, hence no limit. */
function parseNumber(text: string | undefined): number | undefined {
  const trimmed = text?.trim() ?? "";
  return /^\d+$/.test(trimmed) ? Number(trimmed) : undefined;
}
