import { describe, expect, it } from "vitest";
import { ConnectionQuota } from "../../../src/gateways/wyoming/connection-quota.js";

describe("ConnectionQuota", () => {
  it("gives no address more than its share, and all together no more than the total", () => {
    const quota = new ConnectionQuota({ total: 3, perAddress: 2 });
    expect(quota.take("a")).toBeDefined();
    expect(quota.take("a")).toBeDefined();
    expect(quota.take("a")).toBeUndefined();
    expect(quota.take("b")).toBeDefined();
    expect(quota.take("c")).toBeUndefined();
  });

  it("gives a place that came back to the next, and takes it back once only", () => {
    const quota = new ConnectionQuota({ total: 2, perAddress: 1 });
    const leave = quota.take("a");
    quota.take("b");
    leave?.();
    leave?.();
    expect(quota.take("b")).toBeUndefined();
    expect(quota.take("a")).toBeDefined();
    expect(quota.take("c")).toBeUndefined();
  });
});
