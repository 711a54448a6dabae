import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MIB } from "../../src/base/units.js";
import { type Candidate, chooseVictims, MIN_RESIDENCY_MS, worthOf } from "../../src/residency/eviction.js";

const BASE: Candidate = {
  id: "a",
  bytes: 100 * MIB,
  leases: 0,
  pinned: false,
  reloadMs: 1000,
  likelihood: 0.5,
  priority: 1,
  readyForMs: 600_000,
  idleForMs: 60_000,
};
const ids = (victims: readonly { readonly id: string }[] | undefined) => victims?.map(({ id }) => id);
const ANY = { protectYoung: false };

describe("chooseVictims", () => {
  it("takes the model whose reload costs least for its memory", () => {
    const slow = { ...BASE, id: "slow", reloadMs: 9000 };
    const quick = { ...BASE, id: "quick", reloadMs: 300 };
    expect(ids(chooseVictims([slow, quick], MIB, ANY))).toEqual(["quick"]);
  });

  it("spares the model that is likely to be asked for", () => {
    const wanted = { ...BASE, id: "wanted", likelihood: 0.9 };
    const forgotten = { ...BASE, id: "forgotten", likelihood: 0.1 };
    expect(ids(chooseVictims([wanted, forgotten], MIB, ANY))).toEqual(["forgotten"]);
  });

  it("takes none when nothing is needed, and tells when all is not enough", () => {
    expect(chooseVictims([BASE], 0, ANY)).toEqual([]);
    expect(chooseVictims([BASE], 101 * MIB, ANY)).toBeUndefined();
    expect(chooseVictims([{ ...BASE, leases: 1 }], MIB, ANY)).toBeUndefined();
    expect(chooseVictims([{ ...BASE, pinned: true }], MIB, ANY)).toBeUndefined();
  });

  it("takes young models last, and not at all when they are protected", () => {
    const young = { ...BASE, id: "young", reloadMs: 1, readyForMs: MIN_RESIDENCY_MS - 1 };
    const old = { ...BASE, id: "old", reloadMs: 9000 };
    expect(ids(chooseVictims([young, old], MIB, ANY))).toEqual(["old"]);
    expect(ids(chooseVictims([young, old], 150 * MIB, ANY))).toEqual(["old", "young"]);
    expect(chooseVictims([young, old], 150 * MIB, { protectYoung: true })).toBeUndefined();
  });

  it("does not send a small model away when the large one is enough anyway", () => {
    const small = { ...BASE, id: "small", bytes: 10 * MIB, reloadMs: 10 };
    const large = { ...BASE, id: "large", bytes: 500 * MIB, reloadMs: 9000 };
    expect(ids(chooseVictims([small, large], 300 * MIB, ANY))).toEqual(["large"]);
  });

  it("says why, in plain words", () => {
    expect(chooseVictims([BASE], MIB, ANY)?.[0]?.why).toBe(
      "unused for 1 min 0 s, frees 105 MB, back in 1.0 s",
    );
  });

  const anyCandidate = fc.record({
    bytes: fc.integer({ min: 0, max: 500 * MIB }),
    leases: fc.constantFrom(0, 0, 0, 1, 3),
    pinned: fc.constantFrom(false, false, false, true),
    reloadMs: fc.integer({ min: 0, max: 60_000 }),
    likelihood: fc.double({ min: 0, max: 1, noNaN: true }),
    priority: fc.constantFrom(0.5, 1, 4),
    readyForMs: fc.integer({ min: 0, max: 90_000 }),
    idleForMs: fc.integer({ min: 0, max: 90_000 }),
  });
  const anyCandidates = fc
    .array(anyCandidate, { maxLength: 12 })
    .map((list) => list.map((candidate, index): Candidate => ({ ...candidate, id: `model-${index}` })));
  const anyNeed = fc.integer({ min: 1, max: 2000 * MIB });

  it("frees enough, never touches a leased or pinned model, and takes none too many", () => {
    fc.assert(
      fc.property(anyCandidates, anyNeed, fc.boolean(), (candidates, need, protectYoung) => {
        const allowed = candidates.filter(
          ({ leases, pinned, readyForMs }) =>
            leases === 0 && !pinned && !(protectYoung && readyForMs < MIN_RESIDENCY_MS),
        );
        const victims = chooseVictims(candidates, need, { protectYoung });
        if (!victims) {
          expect(allowed.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(need);
          return;
        }
        const freed = victims.reduce((sum, { bytes }) => sum + bytes, 0);
        expect(freed).toBeGreaterThanOrEqual(need);
        for (const { id, bytes } of victims) {
          expect(allowed.map((candidate) => candidate.id)).toContain(id);
          expect(freed - bytes).toBeLessThan(need);
        }
        expect(new Set(ids(victims)).size).toBe(victims.length);
      }),
      { numRuns: 500 },
    );
  });

  it("chooses the same whatever the order of the candidates", () => {
    fc.assert(
      fc.property(anyCandidates, anyNeed, (candidates, need) => {
        expect(chooseVictims([...candidates].reverse(), need, ANY)).toEqual(
          chooseVictims(candidates, need, ANY),
        );
      }),
    );
  });

  it("sends away the least worth of equals in size", () => {
    fc.assert(
      fc.property(anyCandidates, (candidates) => {
        const equals = candidates.map((candidate) => ({
          ...candidate,
          bytes: 10 * MIB,
          leases: 0,
          pinned: false,
          readyForMs: MIN_RESIDENCY_MS,
        }));
        const [victim] = chooseVictims(equals, MIB, ANY) ?? [];
        const least = Math.min(...equals.map(worthOf));
        const chosen = equals.find(({ id }) => id === victim?.id);
        if (equals.length > 0) expect(chosen && worthOf(chosen)).toBe(least);
      }),
    );
  });
});
