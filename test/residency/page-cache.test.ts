import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { MIB } from "../../src/base/units.js";
import { readIntoPageCache } from "../../src/residency/page-cache.js";
import { HandClock } from "../fixtures/hand-clock.js";
import { PretendMachine } from "../fixtures/pretend-workers.js";
import { turns } from "../fixtures/residency-house.js";

function setUp() {
  const dir = mkdtempSync(join(tmpdir(), "page-cache-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  mkdirSync(join(dir, "model/graph"), { recursive: true });
  writeFileSync(join(dir, "model/graph/words"), Buffer.alloc(3 * MIB));
  writeFileSync(join(dir, "model/tokens"), "a\n");
  writeFileSync(join(dir, "encoder"), Buffer.alloc(2 * MIB + 5));
  const clock = new HandClock();
  const machine = new PretendMachine(clock);
  const abort = new AbortController();
  const work = () =>
    readIntoPageCache([join(dir, "encoder"), join(dir, "model/")], {
      probe: machine,
      clock,
      signal: abort.signal,
    });
  return { clock, machine, abort, work, dir };
}

async function during<T>(work: Promise<T>, clock: HandClock): Promise<T> {
  let done = false;
  const finish = () => {
    done = true;
  };
  work.then(finish, finish);
  while (!done) {
    await turns();
    clock.advance(20);
  }
  return work;
}

describe("readIntoPageCache", () => {
  it("reads files and folders to the end, with pauses", async () => {
    const { work, clock } = setUp();
    expect(await during(work(), clock)).toBe(5 * MIB + 7);
    expect(clock.nowMs()).toBeGreaterThanOrEqual(20 * 5);
  });

  it("leaves it where memory is not plentiful", async () => {
    const { work, clock, machine } = setUp();
    machine.availableMiB = 810;
    expect(await during(work(), clock)).toBe(0);
  });

  it("stops when it is told to", async () => {
    const { work, clock, abort } = setUp();
    const reading = work();
    await turns();
    abort.abort(new Error("enough"));
    await expect(during(reading, clock)).rejects.toThrow("enough");
  });

  it("tells of a file that has gone", async () => {
    const { work, clock, dir } = setUp();
    execFileSync("rm", [join(dir, "encoder")]);
    await expect(during(work(), clock)).rejects.toThrow(/ENOENT/);
  });
});
