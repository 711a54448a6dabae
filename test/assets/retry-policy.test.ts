import { describe, expect, it } from "vitest";
import {
  isPassing,
  parseRetryAfter,
  RETRY_POLICY,
  retryDelayMs,
} from "../../src/assets/http/retry-policy.js";

describe("retryDelayMs", () => {
  it("doubles its ceiling up to a minute and takes a random share of it", () => {
    const ceilings = [1, 2, 3, 4, 5, 6, 7, 8].map((failures) =>
      retryDelayMs(RETRY_POLICY, failures, 1, undefined),
    );
    expect(ceilings).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
    expect(retryDelayMs(RETRY_POLICY, 3, 0.25, undefined)).toBe(1000);
    expect(retryDelayMs(RETRY_POLICY, 3, 0, undefined)).toBe(0);
  });

  it("waits at least as long as the server asks", () => {
    expect(retryDelayMs(RETRY_POLICY, 1, 0.5, 9000)).toBe(9000);
    expect(retryDelayMs(RETRY_POLICY, 5, 1, 9000)).toBe(16_000);
  });
});

describe("isPassing", () => {
  it("tells what another try may mend from what it cannot", () => {
    expect([408, 425, 429, 500, 502, 503, 504, 520].every(isPassing)).toBe(true);
    expect([200, 301, 400, 401, 403, 404, 410, 416, 501, 505].some(isPassing)).toBe(false);
  });
});

describe("parseRetryAfter", () => {
  it("reads seconds and dates, and nothing else", () => {
    const nowMs = Date.parse("2026-01-01T00:00:00Z");
    expect(parseRetryAfter("120", nowMs)).toBe(120_000);
    expect(parseRetryAfter("Thu, 01 Jan 2026 00:00:30 GMT", nowMs)).toBe(30_000);
    expect(parseRetryAfter("Wed, 31 Dec 2025 23:00:00 GMT", nowMs)).toBe(0);
    expect(parseRetryAfter("soon", nowMs)).toBeUndefined();
    expect(parseRetryAfter(undefined, nowMs)).toBeUndefined();
  });
});
