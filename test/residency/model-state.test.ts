import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EngineError, InternalError } from "../../src/base/errors.js";
import {
  bytesOf,
  COLD,
  leasesOf,
  type ModelInput,
  type ModelInputName,
  type ModelState,
  type ModelStateName,
  step,
} from "../../src/residency/model-state.js";

const error = new EngineError("engine-load-failed", "The model is broken.");
const STATES: Readonly<Record<ModelStateName, ModelState>> = {
  cold: COLD,
  loading: { name: "loading", bytes: 10 },
  warming: { name: "warming", bytes: 10 },
  ready: { name: "ready", bytes: 10, leases: 1 },
  draining: { name: "draining", bytes: 10, leases: 0 },
  failed: { name: "failed", error, retryAtMs: 5 },
};
const INPUTS: Readonly<Record<ModelInputName, ModelInput>> = {
  reserve: { type: "reserve", bytes: 20 },
  refused: { type: "refused", error, retryAtMs: 1 },
  loaded: { type: "loaded" },
  warmed: { type: "warmed", bytes: 8 },
  measured: { type: "measured", bytes: 9 },
  lease: { type: "lease" },
  release: { type: "release" },
  evict: { type: "evict" },
  exited: { type: "exited" },
  crashed: { type: "crashed", error, retryAtMs: 1 },
};
/** The whole machine, written a second time as one table: state × input → next state. Absent pairs must throw. */
const LEGAL: Readonly<Record<ModelStateName, Partial<Record<ModelInputName, ModelStateName>>>> = {
  cold: { reserve: "loading", refused: "failed" },
  failed: { reserve: "loading", refused: "failed" },
  loading: { loaded: "warming", measured: "loading", evict: "draining", crashed: "failed" },
  warming: { warmed: "ready", measured: "warming", evict: "draining", crashed: "failed" },
  ready: { lease: "ready", release: "ready", measured: "ready", evict: "draining", crashed: "failed" },
  draining: { measured: "draining", exited: "cold", crashed: "cold" },
};

describe("the life of a model", () => {
  for (const [from, state] of Object.entries(STATES)) {
    for (const [type, input] of Object.entries(INPUTS)) {
      const to = LEGAL[from as ModelStateName][type as ModelInputName];
      it(to ? `goes from ${from} by ${type} to ${to}` : `refuses ${type} while ${from}`, () => {
        if (to) expect(step(state, input).name).toBe(to);
        else expect(() => step(state, input)).toThrow(InternalError);
      });
    }
  }

  it("refuses to leave memory while it is leased", () => {
    expect(() => step({ name: "draining", bytes: 1, leases: 2 }, { type: "exited" })).toThrow(/leased/);
  });

  it("refuses a release without a lease", () => {
    expect(() => step({ name: "ready", bytes: 1, leases: 0 }, { type: "release" })).toThrow(/twice/);
  });

  it("refuses an amount of memory that is none", () => {
    for (const bytes of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => step(COLD, { type: "reserve", bytes })).toThrow(InternalError);
    }
  });

  const anyInput: fc.Arbitrary<ModelInput> = fc.oneof(
    fc.nat(1e9).map((bytes): ModelInput => ({ type: "reserve", bytes })),
    fc.nat(1e9).map((bytes): ModelInput => ({ type: "warmed", bytes })),
    fc.nat(1e9).map((bytes): ModelInput => ({ type: "measured", bytes })),
    fc.constantFrom(...Object.values(INPUTS)),
    fc.constantFrom(INPUTS.lease, INPUTS.release, INPUTS.loaded, INPUTS.warmed),
  );

  it("holds memory from the reservation until it is back, whatever happens", () => {
    let reached = 0;
    fc.assert(
      fc.property(fc.array(anyInput, { maxLength: 60 }), (inputs) => {
        let state: ModelState = COLD;
        let leases = 0;
        for (const input of inputs) {
          let next: ModelState;
          try {
            next = step(state, input);
          } catch (thrown) {
            expect(thrown).toBeInstanceOf(InternalError);
            continue;
          }
          if (input.type === "lease") leases += 1;
          if (input.type === "release") leases -= 1;
          if (next.name === "cold" || next.name === "failed") leases = 0;
          expect(leasesOf(next)).toBe(leases);
          // Memory comes back only with the process, never by a change of mind.
          if (bytesOf(state) > 0 && bytesOf(next) === 0) {
            expect(["exited", "crashed", "warmed", "measured"]).toContain(input.type);
          }
          if (next.name === "draining" && state.name === "draining" && input.type !== "measured") {
            expect(bytesOf(next)).toBe(bytesOf(state));
          }
          if (next.name === "ready") reached += 1;
          state = next;
        }
      }),
      { numRuns: 500 },
    );
    expect(reached).toBeGreaterThan(0);
  });
});
