import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { modelFolders } from "../fixtures/model-folders.js";
import { Program, runCommand } from "../fixtures/program.js";
import { hasShared, SHARED } from "../fixtures/shared-speech.js";
import { transcribeWav } from "../fixtures/wyoming-tasks.js";

const folders = hasShared ? await modelFolders() : undefined;
const NEEDS = hasShared
  ? folders
    ? ""
    : " [skipped: the npm registry is not reached]"
  : " [skipped: the shared recordings are absent]";
const FORMER = "moonshine/base-en";
const NEXT = "whisper/tiny";
const PATIENCE = { timeout: 240_000 };

describe.skipIf(!folders)(`another model in use while the program runs${NEEDS}`, () => {
  let running: Program | undefined;
  afterEach(async () => {
    await running?.dispose();
    running = undefined;
  });
  const serve = async (budget: string, dataDir?: string): Promise<Program> => {
    running = await Program.serve({
      flags: ["--stt", FORMER, "--tts", "espeak", "--language", "en", "--memory-budget", budget],
      env: { IRENE_MODELS__FOLDERS: folders ?? "", IRENE_MODELS__OFFLINE: "true" },
      ...(dataDir === undefined ? {} : { dataDir }),
    });
    await running.line(/Warm-up done/);
    return running;
  };
  const jfk = () => readFileSync(join(SHARED, "speech/en/jfk.wav"));

  /** Asks without a pause while the work is done, and once more afterwards. */
  async function askedMeanwhile(program: Program, work: () => Promise<unknown>): Promise<void> {
    const port = await program.port("wyoming");
    const heard: string[] = [];
    let isOver = false;
    const talk = async () => {
      while (!isOver) heard.push((await transcribeWav(port, jfk())).text);
    };
    const talking = Promise.all([talk(), talk()]);
    await work().finally(() => {
      isOver = true;
    });
    await talking;
    heard.push((await transcribeWav(port, jfk())).text);
    for (const text of heard) expect(text.toLowerCase()).toContain("ask not what your country");
    expect((await program.status()).requests.failed).toBe(0);
  }

  const post = async (program: Program, choice: Readonly<Record<string, string>>) => {
    const response = await fetch(`http://127.0.0.1:${await program.port("http")}/api/models/use`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(choice),
    });
    return { status: response.status, answer: (await response.json()) as Record<string, unknown> };
  };
  /** The most bytes a model was ever seen to hold. */
  const largestOf = ({ dataDir }: Program, id: string): number => {
    const { entries } = JSON.parse(readFileSync(join(dataDir, "state/footprints.json"), "utf8")) as {
      entries: { model: string; footprint?: Record<string, { max: number }> }[];
    };
    const peaks = ["loadPeakBytes", "steadyBytes", "inferencePeakBytes"];
    const seen = entries.filter(({ model }) => model === id).map(({ footprint }) => footprint ?? {});
    return Math.max(...seen.flatMap((figures) => peaks.map((peak) => figures[peak]?.max ?? 0)));
  };
  const command = (program: Program, ...args: readonly string[]) =>
    runCommand(["models", "use", ...args, "--data-dir", program.dataDir]);
  const lineOf = ({ log }: Program, pattern: RegExp) => log.findIndex((line) => pattern.test(line));
  const modelOf = async (program: Program, id: string) =>
    (await program.status()).models.find((model) => model.id === id);

  it("comes beside the former one where both fit, and after it where they do not", PATIENCE, async () => {
    let program = await serve("3GB");
    await askedMeanwhile(program, async () => {
      const { code, stdout } = await command(program, "stt", "whisper");
      expect({ code, stdout }).toEqual({
        code: 0,
        stdout: `stt (en): ${NEXT} in the place of ${FORMER}\n`,
      });
    });
    expect(lineOf(program, /Whisper.* is ready/)).toBeGreaterThan(0);
    expect(lineOf(program, /Whisper.* is ready/)).toBeLessThan(lineOf(program, /Unloading Moonshine/));
    expect((await modelOf(program, NEXT))?.state).toBe("ready");
    expect((await program.status()).requests.recent[0]?.model).toBe(NEXT);

    // What both hold was measured now: a budget with room for one of them and the small ones.
    expect(await program.stop()).toBe(0);
    const budget = Math.max(largestOf(program, FORMER), largestOf(program, NEXT)) * 1.05 + 90e6;
    program = await serve(`${Math.round(budget)}B`, program.dataDir);
    // Kept over the restart, though the settings name the other as their wish.
    await askedMeanwhile(program, async () => {
      const { status, answer } = await post(program, { capability: "stt", model: FORMER });
      expect({ status, answer }).toMatchObject({ status: 200, answer: { model: FORMER } });
    });
    expect((await modelOf(program, FORMER))?.state).toBe("ready");
    await askedMeanwhile(program, async () => {
      expect((await post(program, { capability: "stt", model: NEXT })).answer).toEqual({
        capability: "stt",
        language: "en",
        model: NEXT,
        former: FORMER,
      });
    });
    expect(lineOf(program, /Unloading Moonshine.*: Whisper.* takes its place/)).toBeGreaterThan(0);
    const reloaded = program.log.findLastIndex((line) => /Whisper.* is ready/.test(line));
    expect(reloaded).toBeGreaterThan(lineOf(program, /Unloading Moonshine.*: Whisper.* takes its place/));
    expect((await modelOf(program, FORMER))?.state).toBe("cold");
  });

  it("is refused with a reason, and the former one goes on", PATIENCE, async () => {
    const program = await serve("1GB");
    expect(await post(program, { capability: "stt", model: "whisper/enormous" })).toMatchObject({
      status: 404,
      answer: { error: { code: "config-unknown-model" } },
    });
    // Not on disk, and downloads are off.
    const { code, stderr } = await command(program, "stt", "whisper/base");
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/whisper\/base/i) });
    expect((await command(program, "song", NEXT)).code).toBe(2);
    expect((await modelOf(program, FORMER))?.state).toBe("ready");
    expect((await transcribeWav(await program.port("wyoming"), jfk())).text).toMatch(/ask not/i);
  });
});

describe("another model in use without a server", () => {
  it("is a matter of the settings, and says so", async () => {
    const { code, stderr } = await runCommand([
      "models",
      "use",
      "stt",
      NEXT,
      "--data-dir",
      "/tmp/irene-nobody",
    ]);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining("No server is running that could change its model"),
    });
  });
});
