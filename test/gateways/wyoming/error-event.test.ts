import { describe, expect, it } from "vitest";
import {
  AssetError,
  BrokerError,
  BudgetError,
  ConfigError,
  EngineError,
  InternalError,
  ProtocolError,
  SessionError,
  WorkerError,
} from "../../../src/base/errors.js";
import { errorEventFor, isExpected } from "../../../src/gateways/wyoming/error-event.js";

describe("errorEventFor", () => {
  it.each([
    [new ProtocolError("malformed-frame", "why"), "malformed-frame"],
    [new ProtocolError("frame-too-large", "why"), "frame-too-large"],
    [new AssetError("asset-missing", "why"), "model-unavailable"],
    [new AssetError("offline", "why"), "model-unavailable"],
    [new BudgetError("over-budget", "why"), "busy"],
    [new BudgetError("larger-than-budget", "why"), "model-unavailable"],
    [new EngineError("engine-bad-graph", "why"), "engine-failed"],
    [new WorkerError("worker-crashed", "why"), "engine-failed"],
    [new SessionError("deadline", "why"), "deadline"],
    [new SessionError("unsupported-audio", "why"), "unsupported-audio"],
    [new SessionError("too-long", "why"), "too-long"],
    [new SessionError("no-model", "why"), "no-model"],
    [new SessionError("busy", "why"), "busy"],
  ])("tells the peer of %s with the code %s and its sentence", (error, code) => {
    expect(errorEventFor(error)?.data).toEqual({ text: "why", code });
    expect(isExpected(error)).toBe(true);
  });

  it.each([
    [new InternalError("invariant-broken", "secret")],
    [new ConfigError("config-invalid", "secret")],
    [new BrokerError("broker-refused", "secret")],
    [new TypeError("secret")],
    ["secret"],
    [undefined],
  ])("keeps the text of %s to itself", (error) => {
    expect(errorEventFor(error)?.data).toMatchObject({ code: "internal" });
    expect(JSON.stringify(errorEventFor(error)?.data)).not.toContain("secret");
    expect(isExpected(error)).toBe(false);
  });

  it("says nothing about cancelled work", () => {
    expect(errorEventFor(new SessionError("cancelled", "why"))).toBeUndefined();
  });
});
