import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it, vi } from "vitest";
import { DiskModelStore } from "../../../src/assets/disk-model-store.js";
import { npmSettings } from "../../../src/assets/sources/npm-registry.js";
import { systemClock } from "../../../src/base/clock.js";
import { silentLogger } from "../../../src/base/logger.js";
import { loadCatalog } from "../../../src/catalog/load.js";
import type { LoadSpec } from "../../../src/engines/capability.js";
import { LOAD_MS } from "../../contracts/subject.js";
import { textToSpeechContract } from "../../contracts/text-to-speech.js";
import { whisperTiny, words } from "../../fixtures/shared-speech.js";
import { endWorkers, loadSpec, PRODUCT, startWorker } from "../../fixtures/workers.js";

/** The build as the program itself would get it, kept between runs; undefined without a registry. */
async function wasmBuild(): Promise<Readonly<Record<string, string>> | undefined> {
  const parts = await loadCatalog({
    program: fileURLToPath(new URL("../../../models/parts", import.meta.url)),
  });
  const part = parts.find("espeak/wasm");
  if (!part) throw new Error("models/parts has no espeak/wasm");
  const store = await DiskModelStore.open({
    dir: join(tmpdir(), "irene-edge-test-models", "parts"),
    clock: systemClock,
    logger: silentLogger,
    npm: await npmSettings(process.env, process.cwd()),
  });
  const files = await store.obtain(part).catch((error: unknown) => {
    console.warn(`eSpeak NG as WebAssembly is not to be had: ${String(error)}`);
    return undefined;
  });
  return files?.paths;
}

const paths = await wasmBuild();
/** No program is found on an empty path. */
const program = { ...PRODUCT, env: { ...PRODUCT.env, PATH: "/nonexistent" } };
const spec = loadSpec({ provider: "espeak", model: "espeak/espeak-ng", ...(paths && { paths }) });
const NEEDS = "the npm registry";

textToSpeechContract({
  name: "espeak as WebAssembly",
  spec: paths && spec,
  needs: NEEDS,
  program,
  language: "en",
  sentence: "The light in the kitchen is on.",
});

describe.skipIf(!paths)(`espeak without the program (needs ${NEEDS})`, () => {
  afterEach(endWorkers);

  const load = async (more: LoadSpec = spec) => {
    const worker = startWorker({ program });
    const loaded = await worker.load(more, LOAD_MS);
    if (loaded.capability !== "tts") throw new Error("espeak is no voice");
    return { worker, loaded };
  };
  const speak = async (worker: ReturnType<typeof startWorker>, text: string, more: object = {}) => {
    const pieces: Float32Array[] = [];
    const request = { text, ...more };
    for await (const piece of worker.synthesize(spec.model, request, new AbortController().signal)) {
      pieces.push(piece);
    }
    return Float32Array.from(pieces.flatMap((piece) => [...piece]));
  };

  it("has the program's languages as its speakers", async () => {
    const { loaded } = await load();
    expect(loaded.rateHz).toBe(22_050);
    expect(loaded.speakers).toEqual(expect.arrayContaining(["en-us", "ru", "de", "fr-fr"]));
  });

  it("speaks at the rate and pitch of the settings", async () => {
    const sentence = "The washing machine is ready.";
    const { worker } = await load();
    const usual = await speak(worker, sentence);
    await worker.stop();
    const { worker: hurried } = await load({ ...spec, settings: { rate: 350, pitch: 99 } });
    const fast = await speak(hurried, sentence);
    expect(fast.length).toBeLessThan(0.75 * usual.length);
    expect(pitchHz(fast)).toBeGreaterThan(1.2 * pitchHz(usual));
  });

  it("reads signs of markup aloud in plain text, and obeys them in SSML", async () => {
    const { worker } = await load();
    const plain = await speak(worker, "one <break time='2s'/> two");
    const marked = await speak(worker, "<speak>one <break time='2s'/> two</speak>", { ssml: true });
    expect(longestSilence(marked)).toBeGreaterThan(1.8 * 22_050);
    expect(longestSilence(plain)).toBeLessThan(1.8 * 22_050);
  });

  it("says all of a long text", async () => {
    const { worker } = await load();
    const one = await speak(worker, "This sentence is said again and again.");
    const many = await speak(worker, "This sentence is said again and again. ".repeat(12));
    expect(many.length).toBeGreaterThan(10 * one.length);
  });

  it("speaks again after a request that was given up while it spoke", async () => {
    const { worker } = await load();
    const abort = new AbortController();
    const long = "One two three four five six seven eight nine ten, and so on. ".repeat(40);
    for await (const _ of worker.synthesize(spec.model, { text: long }, abort.signal)) {
      abort.abort();
    }
    expect((await speak(worker, "Good evening.")).length).toBeGreaterThan(0);
  });

  it("starts its process again after it was killed, while idle or while it spoke", async () => {
    const { worker } = await load();
    for (const pid of childrenOf(worker.pid)) process.kill(pid, "SIGKILL");
    await vi.waitFor(() => expect(childrenOf(worker.pid)).toEqual([]), { timeout: 30_000 });
    expect((await speak(worker, "Good evening.")).length).toBeGreaterThan(0);
    const [child = 0] = childrenOf(worker.pid);
    // Held still first, so that the kill finds the work unfinished.
    process.kill(child, "SIGSTOP");
    const lost = speak(worker, "Good morning.").catch((error: unknown) => error);
    process.kill(child, "SIGKILL");
    const outcome = await lost;
    if (!(outcome instanceof Float32Array)) expect(outcome).toMatchObject({ code: "engine-failed" });
    expect((await speak(worker, "Good night.")).length).toBeGreaterThan(0);
  });

  it("refuses a build that is damaged", async () => {
    await expect(load({ ...spec, paths: { wasm: fileURLToPath(import.meta.url) } })).rejects.toMatchObject({
      code: "engine-load-failed",
    });
  });

  it.skipIf(!whisperTiny)("is understood by Whisper (needs the shared models)", async () => {
    const { worker, loaded } = await load();
    const { resample } = await import("../../../src/audio/resample.js");
    const samples = await speak(worker, "The light in the kitchen is on.");
    const listener = startWorker({ program: PRODUCT });
    const whisper = loadSpec({
      provider: "whisper",
      model: "whisper/tiny",
      ...(whisperTiny && { paths: whisperTiny }),
    });
    await listener.load(whisper, LOAD_MS);
    const speech = await listener.openSpeech(whisper.model, { language: "en" });
    await speech.accept(resample(samples, loaded.rateHz, 16_000));
    expect(words((await speech.finish()).text)).toEqual(expect.arrayContaining(["light", "kitchen"]));
  });
});

/** The fundamental: where the sound is most like itself a moment before. */
function pitchHz(samples: Float32Array): number {
  let [best, bestLag] = [0, 1];
  for (let lag = Math.round(22_050 / 400); lag <= 22_050 / 50; lag++) {
    let alike = 0;
    for (let at = lag; at < samples.length; at += 2) alike += (samples[at] ?? 0) * (samples[at - lag] ?? 0);
    if (alike > best) [best, bestLag] = [alike, lag];
  }
  return 22_050 / bestLag;
}

/** Processes a process has started and not yet seen the end of. */
function childrenOf(pid: number): readonly number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
  return text === "" ? [] : text.split(" ").map(Number);
}

function longestSilence(samples: Float32Array): number {
  let [longest, run] = [0, 0];
  for (const sample of samples) {
    run = Math.abs(sample) < 0.01 ? run + 1 : 0;
    longest = Math.max(longest, run);
  }
  return longest;
}
