import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it, vi } from "vitest";
import { systemClock } from "../../src/base/clock.js";
import { silentLogger } from "../../src/base/logger.js";
import type { ModelWorker } from "../../src/workers/model-worker.js";
import { ProcessSpawner } from "../../src/workers/spawner.js";
import { PRODUCT } from "../fixtures/workers.js";

const started: ModelWorker[] = [];

afterEach(async () => {
  for (const worker of started) worker.kill();
  await Promise.all(started.splice(0).map(({ exited }) => exited));
});

describe("ProcessSpawner", () => {
  it("starts the built program under the name of what it holds", async () => {
    const spawner = new ProcessSpawner({ program: PRODUCT, clock: systemClock, logger: silentLogger });
    const worker = spawner.spawn("whisper/tiny");
    started.push(worker);
    // An answer of any kind means that the program runs.
    await expect(worker.openVoiceDetector("absent")).rejects.toMatchObject({ code: "invariant-broken" });
    expect(readFileSync(`/proc/${worker.pid}/cmdline`, "latin1")).toContain("irene-worker whisper/tiny");
    expect(await worker.stop()).toMatchObject({ code: 0, expected: true });
  });

  it("leaves no worker behind when the program itself is killed", async () => {
    const parent = spawn(
      process.execPath,
      ["--import", "tsx", fileURLToPath(new URL("../fixtures/worker-parent.ts", import.meta.url))],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    const [line] = (await once(parent.stdout, "data")) as [Buffer];
    const worker = Number(line.toString());
    expect(existsSync(`/proc/${worker}`)).toBe(true);
    parent.kill("SIGKILL");
    await vi.waitFor(() => expect(hasEnded(worker)).toBe(true), { timeout: 30_000 });
  });
});

/** Gone, or a zombie that init has not collected yet. */
function hasEnded(pid: number): boolean {
  if (!existsSync(`/proc/${pid}/stat`)) return true;
  return / Z /.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
}
