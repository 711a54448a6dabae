import { readdirSync, readFileSync } from "node:fs";
import { getPriority } from "node:os";
import { afterEach, describe, expect, it } from "vitest";
import { EngineError, WorkerError } from "../../src/base/errors.js";
import type { LoadSpec } from "../../src/engines/capability.js";
import { CHUNK_SAMPLES, CHUNK_WINDOW } from "../../src/workers/protocol.js";
import { DEFAULT_LIMITS, type WorkerProcess } from "../../src/workers/worker-process.js";
import { HandClock } from "../fixtures/hand-clock.js";
import { endWorkers, fixtureProgram, loadSpec, startWorker, WarningLog } from "../fixtures/workers.js";

const program = fixtureProgram("worker-trouble.ts");
const LOAD_MS = 60_000;

async function started(
  provider: string,
  params: LoadSpec["params"] = {},
  options: Partial<Parameters<typeof startWorker>[0]> = {},
): Promise<WorkerProcess> {
  const worker = startWorker({ program, ...options });
  await worker.load(loadSpec({ provider, params }), LOAD_MS);
  return worker;
}

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => "no failure",
    (error: unknown) => error,
  );
}

afterEach(endWorkers);

describe("WorkerProcess", () => {
  it("carries an utterance to the engine and its text back", async () => {
    const worker = startWorker({ program });
    expect(await worker.load(loadSpec({ provider: "counter" }), LOAD_MS)).toEqual({
      capability: "stt",
      streaming: true,
      maxSamples: 480_000,
    });
    const speech = await worker.openSpeech("test/model", { language: "en" });
    expect(await speech.accept(new Float32Array(320))).toEqual({ text: "320", settled: "" });
    expect(await speech.accept(new Float32Array(1000).subarray(0, 20))).toEqual({ text: "340", settled: "" });
    expect(await speech.finish()).toEqual({ text: "340 samples", language: "en" });
    expect(worker.oldestRequestMs()).toBe(0);
  });

  it("keeps the sessions of several models apart in one process", async () => {
    const worker = startWorker({ program });
    await worker.load(loadSpec({ provider: "loudness", model: "a" }), LOAD_MS);
    await worker.load(loadSpec({ provider: "bell", model: "b" }), LOAD_MS);
    const vad = await worker.openVoiceDetector("a");
    const wake = await worker.openWake("b", { words: [], threshold: 0.5, triggerLevel: 1, refractoryMs: 0 });
    const [levels, hits] = await Promise.all([
      vad.accept(Float32Array.of(-0.5, 0.25)),
      wake.accept(Float32Array.of(0.25, 0.75)),
    ]);
    expect(levels).toEqual(Float32Array.of(0.5, 0.25));
    expect(hits).toEqual([{ word: "ding", score: 0.75, atMs: 1 / 16 }]);
    await worker.unload("a");
    await expect(vad.accept(Float32Array.of(1))).rejects.toMatchObject({ code: "cancelled" });
    await expect(worker.openVoiceDetector("a")).rejects.toMatchObject({ code: "invariant-broken" });
    expect(await wake.accept(Float32Array.of(1))).toHaveLength(1);
  });

  it("brings an engine's error back as the class and code it had", async () => {
    const worker = startWorker({ program });
    const refusal = await failureOf(
      worker.load(loadSpec({ provider: "trouble", params: { at: "load", how: "refuse" } }), LOAD_MS),
    );
    expect(refusal).toBeInstanceOf(EngineError);
    expect(refusal).toMatchObject({ code: "engine-bad-graph", message: /prob/ });
  });

  it("names what a library threw by the step it happened in", async () => {
    const worker = startWorker({ program });
    const params = { at: "load", how: "throw" };
    await expect(worker.load(loadSpec({ provider: "trouble", params }), LOAD_MS)).rejects.toMatchObject({
      name: "EngineError",
      code: "engine-load-failed",
      message: "the library says no",
    });
    await worker.load(loadSpec({ provider: "trouble", params: { how: "throw" } }), LOAD_MS);
    const speech = await worker.openSpeech("test/model", {});
    await expect(speech.finish()).rejects.toMatchObject({ name: "EngineError", code: "engine-failed" });
  });

  it("says what to do where a provider cannot work on this machine", async () => {
    const worker = startWorker({ program });
    await expect(worker.load(loadSpec({ provider: "absent" }), LOAD_MS)).rejects.toMatchObject({
      code: "engine-unavailable",
      message: "Its program is not installed.",
    });
    await expect(worker.load(loadSpec({ provider: "unheard-of" }), LOAD_MS)).rejects.toMatchObject({
      code: "engine-unavailable",
      message: /unheard-of/,
    });
  });

  const endings = [
    ["abort", "worker-crashed", /SIGABRT.*Ort::Exception/],
    ["segfault", "worker-crashed", /SIGSEGV/],
    ["illegal", "worker-crashed", /processor.*SIGILL/],
    ["killed", "worker-out-of-memory", /SIGKILL/],
    ["exit-255", "worker-crashed", /refused the model.*n_mels/],
    ["exit-0", "worker-crashed", /ended unasked \(exit 0\)/],
    ["flood", "worker-crashed", /line 49999/],
  ] as const;
  for (const [how, code, message] of endings) {
    it(`rejects everything open with the reason when the process ends by ${how}`, async () => {
      const worker = await started("trouble", { how });
      const [crashing, waiting] = await Promise.all([
        worker.openSpeech("test/model", {}),
        worker.openSpeech("test/model", {}),
      ]);
      const failures = await Promise.all([failureOf(crashing.finish()), failureOf(waiting.finish())]);
      for (const failure of [...failures, await failureOf(waiting.accept(new Float32Array(1)))]) {
        expect(failure).toBeInstanceOf(WorkerError);
        expect(failure).toMatchObject({ code, message });
      }
      const exit = await worker.exited;
      expect(exit.expected).toBe(false);
      expect(exit.stderr.length).toBeLessThanOrEqual(21);
    });
  }

  it("tells a full JavaScript heap from other aborts", async () => {
    const small = fixtureProgram("worker-trouble.ts", ["--max-old-space-size=64"]);
    const worker = await started("trouble", { how: "exhaust" }, { program: small });
    const speech = await worker.openSpeech("test/model", {});
    await expect(speech.finish()).rejects.toMatchObject({ code: "worker-out-of-memory" });
  });

  it("looks like a worker that died at once where the program cannot be started", async () => {
    const worker = startWorker({ program: { ...program, entry: "/nonexistent/worker-main.js" } });
    await expect(worker.load(loadSpec({ provider: "counter" }), LOAD_MS)).rejects.toMatchObject({
      code: "worker-crashed",
      message: /Cannot find module/,
    });
    expect(await worker.exited).toMatchObject({ code: 1, expected: false });
  });

  it("ends a worker whose load takes longer than its deadline", async () => {
    const clock = new HandClock();
    const worker = startWorker({ program, clock });
    const load = failureOf(
      worker.load(loadSpec({ provider: "trouble", params: { at: "load", how: "hang" } }), LOAD_MS),
    );
    clock.advance(LOAD_MS - 1);
    expect(worker.oldestRequestMs()).toBe(LOAD_MS - 1);
    clock.advance(1);
    expect(await load).toMatchObject({ code: "worker-hung", message: /60 s/ });
    expect(await worker.exited).toMatchObject({ signal: "SIGKILL", expected: false, hung: true });
  });

  it("shows how long a stopped process has not answered, and gives it up at the limit", async () => {
    const clock = new HandClock();
    const worker = await started("counter", {}, { clock });
    const speech = await worker.openSpeech("test/model", {});
    process.kill(worker.pid, "SIGSTOP");
    const finish = failureOf(speech.finish());
    clock.advance(5000);
    expect(worker.oldestRequestMs()).toBe(5000);
    clock.advance(DEFAULT_LIMITS.answerMs);
    expect(await finish).toMatchObject({ code: "worker-hung" });
    expect(await worker.exited).toMatchObject({ signal: "SIGKILL" });
  });

  it("refuses more requests than it may keep open", async () => {
    const worker = await started("counter", {}, { limits: { ...DEFAULT_LIMITS, openCalls: 2 } });
    const speech = await worker.openSpeech("test/model", {});
    process.kill(worker.pid, "SIGSTOP");
    const waiting = [speech.accept(new Float32Array(1)), speech.accept(new Float32Array(1))];
    await expect(speech.accept(new Float32Array(1))).rejects.toMatchObject({ code: "busy" });
    process.kill(worker.pid, "SIGCONT");
    expect((await Promise.all(waiting)).map((soFar) => soFar?.text)).toEqual(["1", "2"]);
  });

  it("answers a call on a cancelled session as cancelled", async () => {
    const worker = await started("counter");
    const speech = await worker.openSpeech("test/model", {});
    speech.cancel();
    await expect(speech.finish()).rejects.toMatchObject({ code: "cancelled" });
  });

  it("lowers the priority of every thread of a model, and offers the process to the out-of-memory killer", async () => {
    const worker = await started("counter");
    const threads = readdirSync(`/proc/${worker.pid}/task`);
    const nice = threads.map((thread) => niceOfThread(worker.pid, thread));
    expect(new Set(nice)).toEqual(new Set([10]));
    expect(readFileSync(`/proc/${worker.pid}/oom_score_adj`, "utf8").trim()).toBe("600");
  });

  it("leaves the shared worker at normal priority", async () => {
    const worker = await started("counter", {}, { name: "shared" });
    expect(niceOfThread(worker.pid, String(worker.pid))).toBe(getPriority());
  });

  it("keeps secrets from the worker and its allocator small", async () => {
    const worker = await started(
      "counter",
      {},
      { program: { ...program, env: { ...program.env, SUPERVISOR_TOKEN: "xyzzy" } } },
    );
    const environment = readFileSync(`/proc/${worker.pid}/environ`, "utf8");
    expect(environment).not.toContain("xyzzy");
    expect(environment).toContain("MALLOC_ARENA_MAX=2");
    expect(environment).toContain("MALLOC_TRIM_THRESHOLD_=131072");
    expect(environment).toContain("ORT_DISABLE_TELEMETRY=1");
  });
});

describe("WorkerProcess.synthesize", () => {
  const collect = async (worker: WorkerProcess, text: string, take = Number.POSITIVE_INFINITY) => {
    const chunks: Float32Array[] = [];
    for await (const chunk of worker.synthesize("test/model", { text }, new AbortController().signal)) {
      chunks.push(chunk);
      if (chunks.length >= take) break;
    }
    return chunks;
  };

  it("yields the engine's samples in order, in chunks of bounded size", async () => {
    const samples = CHUNK_SAMPLES + 5;
    const worker = await started("talker", { samples });
    const chunks = await collect(worker, "20");
    expect(chunks.map(({ length }) => length)).toEqual(new Array(20).fill([CHUNK_SAMPLES, 5]).flat());
    expect(chunks.map((chunk) => chunk[0])).toEqual(new Array(20).fill(0).flatMap((_, i) => [i, i]));
  });

  it("yields nothing for a text without speech", async () => {
    expect(await collect(await started("talker"), "0")).toEqual([]);
  });

  it("lets the engine run ahead of the consumer only as far as the window", async () => {
    const logger = new WarningLog();
    const worker = await started("talker", {}, { logger });
    const chunks = worker.synthesize("test/model", { text: "1000" }, new AbortController().signal);
    await chunks.next();
    // Calls are answered in order, so once this one is, all that the engine would make has been reported.
    await worker.load(loadSpec({ provider: "counter", model: "other" }), LOAD_MS);
    await worker.unload("other");
    const made = logger.warnings.filter(({ message }) => message.startsWith("made")).length;
    expect(made).toBeGreaterThan(CHUNK_WINDOW);
    expect(made).toBeLessThanOrEqual(CHUNK_WINDOW + 2);
    await chunks.return(undefined);
  });

  it("stops the engine when the consumer leaves", async () => {
    const logger = new WarningLog();
    const worker = await started("talker", {}, { logger });
    expect(await collect(worker, "100000", 3)).toHaveLength(3);
    await worker.stop();
    expect(logger.warnings.at(-1)?.message).toBe("stopped");
  });

  it("ends early and quietly when the signal aborts", async () => {
    const logger = new WarningLog();
    const worker = await started("talker", {}, { logger });
    const abort = new AbortController();
    let chunks = 0;
    for await (const _ of worker.synthesize("test/model", { text: "100000" }, abort.signal)) {
      if (++chunks === 2) abort.abort();
    }
    expect(chunks).toBe(2);
    await worker.stop();
    expect(logger.warnings.at(-1)?.message).toBe("stopped");
  });

  it("gives the chunks that came before a failure, then the failure", async () => {
    const worker = await started("talker", { failAt: 2 });
    const chunks = worker.synthesize("test/model", { text: "5" }, new AbortController().signal);
    expect((await chunks.next()).value?.[0]).toBe(0);
    expect((await chunks.next()).value?.[0]).toBe(1);
    await expect(chunks.next()).rejects.toMatchObject({ code: "engine-failed", message: "out of breath" });
  });

  it("does not count the consumer's pauses against the worker", async () => {
    const clock = new HandClock();
    const worker = await started("talker", {}, { clock });
    const chunks = worker.synthesize("test/model", { text: "100" }, new AbortController().signal);
    await chunks.next();
    await worker.load(loadSpec({ provider: "counter", model: "other" }), LOAD_MS);
    clock.advance(10 * DEFAULT_LIMITS.answerMs);
    expect(worker.oldestRequestMs()).toBe(0);
    let rest = 0;
    for await (const _ of chunks) rest++;
    expect(rest).toBe(99);
  });

  it("lets two consumers of one voice run side by side", async () => {
    const worker = await started("talker");
    const idle = worker.synthesize("test/model", { text: "1000" }, new AbortController().signal);
    await idle.next();
    expect(await collect(worker, "30")).toHaveLength(30);
    await idle.return(undefined);
  });
});

describe("WorkerProcess.stop", () => {
  it("ends an idle worker by asking", async () => {
    const worker = await started("counter");
    expect(await worker.stop()).toMatchObject({ code: 0, signal: null, expected: true });
    await expect(worker.openSpeech("test/model", {})).rejects.toBeInstanceOf(WorkerError);
    expect(await worker.stop()).toMatchObject({ code: 0 });
  });

  it("takes SIGTERM to one that does not listen", async () => {
    const clock = new HandClock();
    const worker = await started("trouble", { at: "close", how: "hang" }, { clock });
    const stopped = worker.stop();
    clock.advance(DEFAULT_LIMITS.patience.askMs);
    expect(await stopped).toMatchObject({ signal: "SIGTERM", expected: true });
  });

  it("takes SIGKILL to one that SIGTERM does not reach, and rejects what was open", async () => {
    const clock = new HandClock();
    const worker = await started("counter", {}, { clock });
    const speech = await worker.openSpeech("test/model", {});
    process.kill(worker.pid, "SIGSTOP");
    const finish = failureOf(speech.finish());
    const stopped = worker.stop();
    clock.advance(DEFAULT_LIMITS.patience.askMs);
    await clock.waitedFor(DEFAULT_LIMITS.patience.sigtermMs);
    clock.advance(DEFAULT_LIMITS.patience.sigtermMs);
    expect(await stopped).toMatchObject({ signal: "SIGKILL", expected: true });
    expect(await finish).toBeInstanceOf(WorkerError);
  });

  it("cuts a polite stop short when told to kill", async () => {
    const clock = new HandClock();
    const worker = await started("trouble", { at: "close", how: "hang" }, { clock });
    const stopped = worker.stop();
    worker.kill();
    expect(await stopped).toMatchObject({ signal: "SIGKILL", expected: true });
  });
});

function niceOfThread(pid: number, thread: string): number {
  const stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, "utf8");
  // The name in parentheses may hold spaces; niceness is the 17th field after it.
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[16]);
}
