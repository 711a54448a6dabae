import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { VoiceError } from "../../src/base/errors.js";
import { MIB } from "../../src/base/units.js";
import type { Lease } from "../../src/residency/lease.js";
import { house, resident, turns } from "../fixtures/residency-house.js";

const MODELS = [
  resident("stt/a", { steadyMiB: 180, loadMs: 900 }, { keepAliveSeconds: 20 }),
  resident("stt/b", { steadyMiB: 130, loadMs: 400 }),
  resident("tts/c", { capability: "tts", steadyMiB: 80, loadMs: 2000 }, { keepAliveSeconds: 0 }),
  resident("vad/d", { capability: "vad", steadyMiB: 6 }, { isolation: "shared" }),
  resident("wake/e", { capability: "wake", steadyMiB: 12 }, { isolation: "shared", keepAliveSeconds: 5 }),
];
const BUDGET_MIB = 300;

type Action =
  | {
      readonly do: "lease" | "prefetch" | "warmUp" | "unload" | "crash" | "pin" | "unpin";
      readonly model: number;
    }
  | { readonly do: "release"; readonly which: number }
  | { readonly do: "wait"; readonly ms: number };

const model = fc.nat(MODELS.length - 1);
const peaceful: fc.Arbitrary<Action> = fc.oneof(
  { weight: 6, arbitrary: model.map((index): Action => ({ do: "lease", model: index })) },
  { weight: 5, arbitrary: fc.nat(20).map((which): Action => ({ do: "release", which })) },
  { weight: 4, arbitrary: fc.constantFrom(0, 50, 700, 40_000).map((ms): Action => ({ do: "wait", ms })) },
  { weight: 1, arbitrary: model.map((index): Action => ({ do: "prefetch", model: index })) },
  { weight: 1, arbitrary: model.map((index): Action => ({ do: "warmUp", model: index })) },
);
const rough: fc.Arbitrary<Action> = fc.oneof(
  { weight: 6, arbitrary: peaceful },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom("unload", "crash", "pin", "unpin"), model)
      .map(([what, index]): Action => ({ do: what, model: index })),
  },
);

/** Does all that, then lets everybody finish. @returns what became of each request */
async function play(actions: readonly Action[]) {
  const { residency, machine, clock, until, during } = house(MODELS, BUDGET_MIB);
  const held: Lease[] = [];
  const requests: Promise<"granted" | Error>[] = [];
  let settled = 0;
  const outcome = (work: Promise<Lease>) =>
    work
      .then((lease) => {
        held.push(lease);
        return "granted" as const;
      })
      .catch((error: unknown) => error as Error)
      .finally(() => {
        settled += 1;
      });
  const idOf = (index: number) => MODELS[index]?.manifest.id ?? "";
  for (const action of actions) {
    switch (action.do) {
      case "lease":
        requests.push(outcome(residency.lease(idOf(action.model), { deadlineMs: 7_200_000 })));
        break;
      case "release":
        held.splice(action.which % Math.max(1, held.length), 1)[0]?.release();
        break;
      case "wait":
        await turns();
        clock.advance(action.ms);
        break;
      case "prefetch":
        residency.prefetch(idOf(action.model));
        break;
      case "warmUp":
        residency
          .warmUp(idOf(action.model), { reason: "preload", mayEvict: "nobody", deadlineMs: 0 })
          .catch((error: unknown) => expect(error).toBeInstanceOf(VoiceError));
        break;
      case "unload":
        residency
          .unload(idOf(action.model))
          .catch((error: unknown) => expect(error).toBeInstanceOf(VoiceError));
        break;
      case "crash":
        machine.living[action.model % Math.max(1, machine.living.length)]?.crash();
        break;
      case "pin":
        residency.pin(idOf(action.model));
        break;
      case "unpin":
        residency.unpin(idOf(action.model));
        break;
    }
    await turns();
    const { measuredBytes, reservedBytes, budgetBytes } = residency.view();
    expect(measuredBytes + reservedBytes).toBeLessThanOrEqual(budgetBytes);
  }
  for (const each of MODELS) residency.unpin(each.manifest.id);
  await until(() => {
    for (const lease of held.splice(0)) lease.release();
    return settled === requests.length;
  }, 7_300_000);
  for (const lease of held.splice(0)) lease.release();
  await until(() => residency.view().models.every(({ leases }) => leases === 0));
  expect(machine.mostBytes).toBeLessThanOrEqual(BUDGET_MIB * MIB);
  await during(residency.close());
  expect(machine.living).toEqual([]);
  return Promise.all(requests);
}

describe("residency under any order of events", () => {
  it("loses no request and never holds more than the budget", async () => {
    let granted = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(peaceful, { minLength: 5, maxLength: 40 }), async (actions) => {
        const outcomes = await play(actions);
        expect(outcomes.filter((each) => each !== "granted")).toEqual([]);
        granted += outcomes.length;
      }),
      { numRuns: 60 },
    );
    expect(granted).toBeGreaterThan(100);
  });

  it("keeps its promises through crashes, pins and unloads, and leaves nobody without an answer", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(rough, { minLength: 5, maxLength: 40 }), async (actions) => {
        for (const outcome of await play(actions)) {
          if (outcome !== "granted") expect(outcome).toBeInstanceOf(VoiceError);
        }
      }),
      { numRuns: 60 },
    );
  });
});
