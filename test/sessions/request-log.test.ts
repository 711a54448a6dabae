import { describe, expect, it } from "vitest";
import type { Clock } from "../../src/base/clock.js";
import { SessionError } from "../../src/base/errors.js";
import { type LogFields, type Logger, silentLogger } from "../../src/base/logger.js";
import { RequestLog } from "../../src/sessions/request-log.js";
import { HandClock } from "../fixtures/hand-clock.js";

const origin = { gateway: "wyoming", peer: "10.0.0.7" } as const;

function setUp(clock: Clock = new HandClock(), log: Logger = silentLogger) {
  let changes = 0;
  const requests = new RequestLog({
    clock,
    log,
    changed: () => {
      changes += 1;
    },
  });
  return { requests, changes: () => changes };
}

describe("RequestLog", () => {
  it("shows a running request, newest first", () => {
    const { requests } = setUp();
    requests.begin("transcribe", origin, "en");
    const wake = requests.begin("wake", { gateway: "microphone" });
    const { recent, active, total } = requests.snapshot();
    expect(recent.map(({ kind, outcome }) => [kind, outcome])).toEqual([
      ["wake", "running"],
      ["transcribe", "running"],
    ]);
    expect(recent[0]).toMatchObject({ id: wake.id, gateway: "microphone", stages: [] });
    expect(recent[0]).not.toHaveProperty("peer");
    expect(recent[1]).toMatchObject({ gateway: "wyoming", peer: "10.0.0.7", language: "en" });
    expect([active, total]).toEqual([2, 2]);
  });

  it("keeps only the first end", () => {
    const { requests } = setUp();
    const trace = requests.begin("transcribe", origin);
    trace.end("failed", new SessionError("deadline", "Too late."));
    trace.end("done");
    trace.stage("text");
    trace.set({ model: "whisper/tiny" });
    const { recent, failed, active } = requests.snapshot();
    expect(recent).toHaveLength(1);
    expect(recent[0]).toMatchObject({
      outcome: "failed",
      error: "Too late.",
      stages: [{ name: "failed" }],
    });
    expect(recent[0]).not.toHaveProperty("model");
    expect([failed, active]).toEqual([1, 0]);
  });

  it("counts neither done nor cancelled requests as failed", () => {
    const { requests } = setUp();
    requests.begin("wake", origin).end("done");
    requests.begin("wake", origin).end("cancelled");
    expect(requests.snapshot()).toMatchObject({ total: 2, failed: 0, active: 0 });
  });

  it("keeps a bounded number of finished requests and of stages", () => {
    const { requests } = setUp();
    for (let n = 0; n < 300; n += 1) requests.begin("synthesize", origin).end("done");
    const wake = requests.begin("wake", origin);
    for (let n = 0; n < 5_000; n += 1) wake.stage(`detected ${n}`);
    const { recent, total } = requests.snapshot();
    expect(recent).toHaveLength(50);
    expect(total).toBe(301);
    expect(recent[0]?.stages.length).toBeLessThanOrEqual(40);
    expect(recent[0]?.stages.at(-1)?.name).toBe("detected 4999");
  });

  it("ends the stages with the outcome, and adds up the time of each", () => {
    const clock = new HandClock();
    const { requests } = setUp(clock);
    expect(requests.snapshot()).not.toHaveProperty("stageTotals");
    for (const waitMs of [100, 300]) {
      const trace = requests.begin("transcribe", origin);
      trace.stage("waiting for model");
      clock.advance(waitMs);
      trace.stage("decode");
      clock.advance(50);
      trace.end("done");
    }
    const { recent, stageTotals } = requests.snapshot();
    expect(recent[0]?.stages.map(({ name }) => name)).toEqual(["waiting for model", "decode", "done"]);
    expect(stageTotals).toEqual([
      { kind: "transcribe", stage: "waiting for model", count: 2, totalMs: 400 },
      { kind: "transcribe", stage: "decode", count: 2, totalMs: 100 },
      { kind: "transcribe", stage: "done", count: 2, totalMs: 0 },
    ]);
  });

  it("says each stage and the end in the debug log, with the time it all took", () => {
    const said: unknown[] = [];
    const log: Logger = { ...silentLogger, child: () => log, debug: (...line) => said.push(line) };
    const clock = new HandClock();
    const { requests } = setUp(clock, log);
    const trace = requests.begin("synthesize", origin);
    trace.stage("first audio");
    trace.set({ model: "espeak/any" });
    clock.advance(70);
    trace.end("done");
    trace.end("failed");
    expect(said).toEqual([["first audio"], ["done", { ms: 70, model: "espeak/any" }]]);
  });

  it("tells the latency of the last transcription from the end of its audio to its text", () => {
    const clock = new HandClock();
    const { requests } = setUp(clock);
    const trace = requests.begin("transcribe", origin);
    clock.advance(3000);
    trace.stage("audio ended");
    clock.advance(420);
    trace.stage("text");
    expect(requests.snapshot()).not.toHaveProperty("lastSttMs");
    trace.end("done");
    expect(requests.snapshot()).toMatchObject({ lastSttMs: 420 });
    expect(requests.snapshot()).not.toHaveProperty("lastTtsMs");
  });

  it("tells the latency of the last synthesis from its start to its first sound", () => {
    const clock = new HandClock();
    const { requests } = setUp(clock);
    const trace = requests.begin("synthesize", origin);
    clock.advance(180);
    trace.stage("first audio");
    clock.advance(2000);
    trace.end("done");
    expect(requests.snapshot()).toMatchObject({ lastTtsMs: 180 });
  });

  it("keeps the latency of requests that went well only", () => {
    const clock = new HandClock();
    const { requests } = setUp(clock);
    const trace = requests.begin("synthesize", origin);
    trace.stage("first audio");
    trace.end("failed", new Error("broken"));
    expect(requests.snapshot()).not.toHaveProperty("lastTtsMs");
  });

  it("measures stages by the clock that does not jump", () => {
    const hand = new HandClock();
    let jumpMs = 0;
    const clock: Clock = {
      nowMs: () => hand.nowMs() + jumpMs,
      monotonicMs: () => hand.monotonicMs(),
      after: (delayMs, callback) => hand.after(delayMs, callback),
    };
    const { requests } = setUp(clock);
    const trace = requests.begin("transcribe", origin);
    trace.stage("audio ended");
    jumpMs = 86_400_000;
    hand.advance(250);
    trace.stage("text");
    trace.end("done");
    expect(requests.snapshot().lastSttMs).toBe(250);
  });

  it("names the session in its log lines and reports each begin and end", () => {
    const fields: LogFields[] = [];
    const log: Logger = {
      ...silentLogger,
      child(added) {
        fields.push(added);
        return log;
      },
    };
    const { requests, changes } = setUp(new HandClock(), log);
    const trace = requests.begin("transcribe", origin);
    trace.end("done");
    expect(fields).toEqual([{ session: trace.id, gateway: "wyoming", peer: "10.0.0.7" }]);
    expect(changes()).toBe(2);
  });
});
