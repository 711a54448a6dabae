import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EngineError, WorkerError } from "../../src/base/errors.js";
import { countFailure, type Failures, NO_FAILURES } from "../../src/residency/failures.js";

const BAD = new EngineError("engine-load-failed", "It is broken.");
const CRASH = new WorkerError("worker-crashed", "It crashed.");

describe("countFailure", () => {
  it("waits 10 s, doubling up to 5 min", () => {
    let failures: Failures = NO_FAILURES;
    const waits = Array.from({ length: 7 }, () => {
      const next = countFailure(failures, { error: BAD, wasReady: false, nowMs: 1000, random: 0 });
      failures = next.failures;
      return (next.retryAtMs - 1000) / 1000;
    });
    expect(waits).toEqual([10, 20, 40, 80, 160, 300, 300]);
  });

  it("gives up after three crashes in a row until somebody asks", () => {
    let failures: Failures = NO_FAILURES;
    const retries = Array.from({ length: 4 }, () => {
      const next = countFailure(failures, { error: CRASH, wasReady: false, nowMs: 0, random: 0 });
      failures = next.failures;
      return next.retryAtMs;
    });
    expect(retries).toEqual([10_000, 20_000, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);
  });

  it("tries a model again at once that had been serving", () => {
    const first = countFailure(NO_FAILURES, { error: CRASH, wasReady: true, nowMs: 5, random: 1 });
    expect(first.retryAtMs).toBe(5);
    const second = countFailure(first.failures, { error: CRASH, wasReady: true, nowMs: 5, random: 0 });
    expect(second.retryAtMs).toBe(20_005);
  });

  it("spreads retries by a fifth at most, and never tries early", () => {
    fc.assert(
      fc.property(fc.nat(20), fc.double({ min: 0, max: 1, noNaN: true }), (inRow, random) => {
        const { retryAtMs } = countFailure(
          { inRow, crashesInRow: 0 },
          { error: BAD, wasReady: false, nowMs: 0, random },
        );
        const base = Math.min(300_000, 10_000 * 2 ** inRow);
        expect(retryAtMs).toBeGreaterThanOrEqual(base);
        expect(retryAtMs).toBeLessThanOrEqual(1.2 * base + 1);
      }),
    );
  });
});
