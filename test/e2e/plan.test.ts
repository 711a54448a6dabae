import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import type { Foresight } from "../../src/sessions/foresight.js";
import { Program, runCommand } from "../fixtures/program.js";
import { hasShared } from "../fixtures/shared-speech.js";
import { writeSpeechCatalog } from "../fixtures/speech-catalog.js";

const NEEDS = hasShared ? "" : " [skipped: the shared models are absent]";

describe.skipIf(!hasShared)(`what irene plan says${NEEDS}`, () => {
  const dir = mkdtempSync(join(tmpdir(), "irene-plan-"));
  let program: Program | undefined;
  afterEach(async () => {
    await program?.stop("SIGKILL");
    program = undefined;
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  it.each([
    ["2GB", ["whisper/tiny", "vosk/small"], []],
    // By what the first start has measured: room for one of them, with the arena of ONNX Runtime or without.
    ["440MB", ["whisper/tiny"], ["vosk/small"]],
  ])("is what a start does with %s", { timeout: 240_000 }, async (budget, loaded, left) => {
    writeSpeechCatalog(dir);
    const dataDir = join(dir, "data");
    const env = {
      IRENE_MODELS__CATALOG_DIR: dir,
      IRENE_MODELS__OFFLINE: "true",
      IRENE_MEMORY_BUDGET: budget,
      IRENE_STT: "whisper/tiny",
      IRENE_PROVIDERS__ASR__VOSK__PRELOAD_MODELS: "true",
    };
    const ask = async (): Promise<Foresight> =>
      JSON.parse((await runCommand(["plan", "--json", "--data-dir", dataDir], env)).stdout);
    const { warmUp } = await ask();
    expect(warmUp.loads.map(({ model }) => model)).toEqual(loaded);
    expect(warmUp.leftOut.map(({ model }) => model)).toEqual(left);

    program = await Program.serve({ env, dataDir });
    await program.line(/Warm-up done/);
    const titles = program.log.flatMap((line) => /: (\S+ \S+) is ready in/.exec(line)?.[1] ?? []);
    expect(titles).toEqual(warmUp.loads.map(({ title }) => title));
    const { models, phase, problem } = await program.status();
    expect(
      models
        .filter(({ state }) => state === "ready")
        .map(({ id }) => id)
        .sort(),
    ).toEqual([...loaded].sort());
    expect(models.filter(({ id, state }) => left.includes(id) && state !== "cold")).toEqual([]);
    expect(phase).toBe(left.length > 0 ? "degraded" : "ready");
    for (const { why } of warmUp.leftOut) expect(problem).toContain(why);
    await program.stop();
    // What was measured is in the next plan.
    const next = (await ask()).warmUp.loads;
    expect(next.map(({ source }) => source)).toEqual(next.map(() => "learned"));
  });
});
