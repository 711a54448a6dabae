import { describe, expect, it } from "vitest";
import { hungLimitMs } from "../../src/residency/watchdog.js";

describe("hungLimitMs", () => {
  it("is 30 s, or 20 times what the longest request took", () => {
    expect(hungLimitMs(0)).toBe(30_000);
    expect(hungLimitMs(1000)).toBe(30_000);
    expect(hungLimitMs(4000)).toBe(80_000);
  });
});
