import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ModelLock } from "../../src/assets/disk/model-lock.js";
import { identify, isRunning, ownIdentity } from "../../src/assets/disk/process-identity.js";
import { ImpatientClock } from "../fixtures/impatient-clock.js";

describe("ModelLock", () => {
  let dir: string;
  let path: string;
  const clock = new ImpatientClock();
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "lock-"));
    path = join(dir, "model.lock");
  });
  afterEach(() => rm(dir, { recursive: true }));

  it("is had by one at a time", async () => {
    const all = await Promise.all([1, 2, 3, 4, 5].map(() => ModelLock.take(path, clock)));
    const held = all.filter((lock) => lock !== undefined);
    expect(held).toHaveLength(1);
    expect(await ModelLock.isHeld(path, clock)).toBe(true);
    await held[0]?.release();
    expect(await ModelLock.isHeld(path, clock)).toBe(false);
    const next = await ModelLock.take(path, clock);
    expect(next).toBeDefined();
    await next?.release();
    expect(await readdir(dir)).toEqual([]);
  });

  it("is taken over from a process that has ended, and from a note nobody can read", async () => {
    const child = spawn("true");
    await once(child, "exit");
    const owner = { ...(await ownIdentity()), pid: child.pid };
    for (const left of [JSON.stringify(owner), "", "{"]) {
      await writeFile(path, left);
      const all = await Promise.all([1, 2, 3].map(() => ModelLock.take(path, clock)));
      const held = all.filter((lock) => lock !== undefined);
      expect(held).toHaveLength(1);
      await held[0]?.release();
    }
  });

  it("is not taken from a living process, but from one whose number was given to another since", async () => {
    const own = await ownIdentity();
    await writeFile(path, JSON.stringify(own));
    expect(await ModelLock.take(path, clock)).toBeUndefined();
    await writeFile(path, JSON.stringify({ ...own, startedTicks: "1" }));
    expect(await ModelLock.isHeld(path, clock)).toBe(false);
    await writeFile(path, JSON.stringify({ ...own, bootId: "before the restart" }));
    const lock = await ModelLock.take(path, clock);
    expect(lock).toBeDefined();
    await lock?.release();
  });

  it("is taken from a process of another container only after a minute without a sign of life", async () => {
    await writeFile(path, JSON.stringify({ ...(await ownIdentity()), pidNamespace: "pid:[1]" }));
    expect(await ModelLock.take(path, clock)).toBeUndefined();
    const longAgo = new Date(clock.nowMs() - 61_000);
    await utimes(path, longAgo, longAgo);
    const lock = await ModelLock.take(path, clock);
    expect(JSON.parse(await readFile(path, "utf8"))).toEqual(await ownIdentity());
    await lock?.release();
  });
});

describe("isRunning", () => {
  it("tells a living process from one that has ended", async () => {
    const child = spawn("sleep", ["60"]);
    const identity = await identify(child.pid ?? 0);
    if (!identity) throw new Error("the child has no identity");
    expect(await isRunning(identity)).toBe(true);
    child.kill();
    await once(child, "exit");
    expect(await isRunning(identity)).toBe(false);
  });
});
