import { existsSync, readdirSync, readFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { systemClock } from "../../../src/base/clock.js";
import { textToSpeechContract } from "../../contracts/text-to-speech.js";
import { pythonWithTorch, SyntheticPackages, TORCH_NEEDED } from "../../fixtures/silero-packages.js";
import { loadSpec, PRODUCT, startWorker } from "../../fixtures/workers.js";

const packages = pythonWithTorch && new SyntheticPackages();
const file = packages?.build("ru") ?? "";
const specOf = (provider: string, model: string) =>
  loadSpec({ provider, model, paths: { model: file }, threads: 2 });

afterAll(() => packages?.remove());

textToSpeechContract({
  name: "silero_v3 on a synthetic package",
  spec: packages ? specOf("silero_v3", "silero_v3/v3_ru") : undefined,
  needs: "python3-torch",
  language: "ru",
  sentence: "На кухне включён яркий свет.",
});

describe.skipIf(!pythonWithTorch)(`the worker of both Silero versions${TORCH_NEEDED}`, () => {
  it("holds them in one Python process, which does not outlive a worker that is killed", async () => {
    const worker = startWorker({ program: PRODUCT, name: "shared" });
    await worker.load(specOf("silero_v3", "silero_v3/v3_ru"), 120_000);
    await worker.load(specOf("silero_v4", "silero_v4/v4_ru"), 120_000);
    const children = childrenOf(worker.pid);
    expect(children).toHaveLength(1);
    const [python = 0] = children;
    expect(readFileSync(`/proc/${python}/cmdline`, "utf8")).toContain("silero_worker.py");
    worker.kill();
    await worker.exited;
    await gone(python);
  });
});

function childrenOf(pid: number): readonly number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((candidate) => parentOf(candidate) === pid);
}

function parentOf(pid: number): number | undefined {
  try {
    return Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
  } catch {
    // It ended while the list was read.
    return undefined;
  }
}

/** Resolves once the process has ended; the test's own limit bounds the wait. */
async function gone(pid: number): Promise<void> {
  while (existsSync(`/proc/${pid}`) && !/^State:\s+Z/m.test(statusOf(pid))) {
    await new Promise<void>((resolve) => systemClock.after(10, resolve));
  }
}

function statusOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, "utf8");
  } catch {
    // Gone between the look and the read.
    return "State: Z";
  }
}
