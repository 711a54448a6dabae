import { describe, expect, it } from "vitest";
import * as errors from "../../src/base/errors.js";
import { decodeError, encodeError } from "../../src/workers/error-wire.js";

const SAMPLES: readonly errors.VoiceError[] = [
  new errors.ConfigError("config-invalid", "a"),
  new errors.ProtocolError("malformed-frame", "b"),
  new errors.AssetError("disk-full", "c"),
  new errors.BudgetError("over-budget", "d"),
  new errors.EngineError("engine-bad-graph", "e"),
  new errors.WorkerError("worker-hung", "f"),
  new errors.SessionError("too-long", "g"),
  new errors.BrokerError("broker-refused", "h"),
  new errors.HomeError("home-unreachable", "j"),
  new errors.DeviceError("device-unavailable", "k"),
  new errors.InternalError("invariant-broken", "i"),
];

describe("the error wire", () => {
  it("has a sample of every class there is", () => {
    const classes = Object.values(errors).filter(
      (value) => typeof value === "function" && value.prototype instanceof errors.VoiceError,
    );
    expect(SAMPLES.map((sample) => sample.constructor)).toEqual(expect.arrayContaining(classes));
  });

  for (const sample of SAMPLES) {
    it(`brings ${sample.name} back as what it was`, () => {
      const back = decodeError(structuredClone(encodeError(sample, "engine-failed")));
      expect(back).toBeInstanceOf(sample.constructor);
      expect(back).toMatchObject({ name: sample.name, code: sample.code, message: sample.message });
    });
  }

  it("makes an engine's error of what a library threw, be it an error or not", () => {
    for (const thrown of [new TypeError("odd"), "odd"]) {
      const back = decodeError(encodeError(thrown, "engine-load-failed"));
      expect(back).toBeInstanceOf(errors.EngineError);
      expect(back).toMatchObject({ code: "engine-load-failed", message: "odd" });
    }
  });

  it("blames itself for a class it does not know", () => {
    expect(decodeError({ name: "Novel", code: "x", message: "m" })).toBeInstanceOf(errors.InternalError);
  });
});
