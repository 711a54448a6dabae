import { describe, expect, it } from "vitest";
import { backOffMs, RECONNECT } from "../../../src/gateways/mqtt/back-off.js";

describe("backOffMs", () => {
  it("doubles up to the longest delay and stays there", () => {
    const longest = [1, 2, 3, 4, 5, 6, 7, 1_000].map((failures) => backOffMs(RECONNECT, failures, 0.999_999));
    expect(longest).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
  });

  it("never waits less than half of it, so that chance spreads the rest", () => {
    expect(backOffMs(RECONNECT, 1, 0)).toBe(500);
    expect(backOffMs(RECONNECT, 10, 0)).toBe(15_000);
  });
});
