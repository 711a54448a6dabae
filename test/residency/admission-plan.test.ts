import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MIB } from "../../src/base/units.js";
import {
  type AdmissionRequest,
  FAIRNESS_MS,
  planAdmission,
  type Room,
} from "../../src/residency/admission-plan.js";
import type { Candidate } from "../../src/residency/eviction.js";

const IDLE: Candidate = {
  id: "idle",
  bytes: 100 * MIB,
  leases: 0,
  pinned: false,
  reloadMs: 1000,
  likelihood: 0.5,
  priority: 1,
  readyForMs: 600_000,
  idleForMs: 60_000,
};
const ROOM: Room = {
  budgetBytes: 400 * MIB,
  budgetReason: "as configured",
  promisedBytes: 0,
  leavingBytes: 0,
  pinnedBytes: 0,
  untakenBytes: 0,
  headroomBytes: 4000 * MIB,
  headroomReason: "the machine has plenty",
  settling: false,
  candidates: [],
  closable: [],
};
const REQUEST: AdmissionRequest = {
  title: "Whisper",
  bytes: 200 * MIB,
  mayEvict: "anyone",
  mayWait: true,
  waitedMs: 0,
  behindOthers: false,
};
const kind = (request: Partial<AdmissionRequest>, room: Partial<Room>) =>
  planAdmission({ ...REQUEST, ...request }, { ...ROOM, ...room }).kind;

describe("planAdmission", () => {
  it("grants what is free, in the budget and on the machine", () => {
    expect(kind({}, {})).toBe("grant");
    expect(kind({}, { promisedBytes: 200 * MIB })).toBe("grant");
    expect(kind({}, { promisedBytes: 200 * MIB + 1 })).toBe("wait");
    expect(kind({}, { headroomBytes: 200 * MIB })).toBe("grant");
    expect(kind({}, { headroomBytes: 200 * MIB, untakenBytes: 1 })).toBe("wait");
  });

  it("waits for memory that is on its way instead of sending others away", () => {
    const room = {
      promisedBytes: 400 * MIB,
      leavingBytes: 200 * MIB,
      candidates: [{ ...IDLE, bytes: 300 * MIB }],
    };
    expect(kind({}, room)).toBe("wait");
    expect(kind({}, { ...room, leavingBytes: 199 * MIB })).toBe("evict");
  });

  it("gives the kernel a moment to count memory as free", () => {
    const room = { headroomBytes: 100 * MIB, candidates: [IDLE] };
    expect(kind({}, { ...room, settling: true })).toBe("wait");
    expect(kind({}, room)).toBe("evict");
  });

  it("does not let those who have not waited pass those who have", () => {
    expect(kind({ behindOthers: true }, {})).toBe("wait");
    expect(kind({ behindOthers: true, mayWait: false }, {})).toBe("refuse");
  });

  it("closes models in use only after a while", () => {
    const room = { promisedBytes: 400 * MIB, closable: [{ ...IDLE, bytes: 300 * MIB }] };
    expect(kind({ waitedMs: FAIRNESS_MS - 1 }, room)).toBe("wait");
    expect(kind({ waitedMs: FAIRNESS_MS }, room)).toBe("evict");
  });

  it("refuses at once what can never fit, pinned models included", () => {
    expect(planAdmission({ ...REQUEST, bytes: 401 * MIB }, ROOM)).toMatchObject({
      kind: "refuse",
      error: { code: "larger-than-budget" },
    });
    expect(
      planAdmission(REQUEST, { ...ROOM, pinnedBytes: 201 * MIB, promisedBytes: 201 * MIB }),
    ).toMatchObject({
      kind: "refuse",
      error: { code: "larger-than-budget" },
    });
  });

  it("keeps every promise inside budget and headroom, whatever it is asked", () => {
    const bytes = fc.integer({ min: 0, max: 600 }).map((mib) => mib * MIB);
    const request = fc.record({
      title: fc.constant("x"),
      bytes,
      mayEvict: fc.constantFrom("nobody" as const, "old" as const, "anyone" as const),
      mayWait: fc.boolean(),
      waitedMs: fc.integer({ min: 0, max: 10_000 }),
      behindOthers: fc.boolean(),
    });
    const candidates = fc
      .array(
        fc.record({ bytes, leases: fc.constantFrom(0, 1), pinned: fc.boolean(), readyForMs: fc.nat(60_000) }),
      )
      .map((list) => list.map((parts, index): Candidate => ({ ...IDLE, ...parts, id: `m${index}` })));
    const room = fc.record({
      budgetBytes: bytes,
      promisedBytes: bytes,
      leavingBytes: bytes,
      pinnedBytes: bytes,
      untakenBytes: bytes,
      headroomBytes: bytes,
      settling: fc.boolean(),
      candidates,
    });
    fc.assert(
      fc.property(request, room, (asked, parts) => {
        const all: Room = { ...ROOM, ...parts };
        const plan = planAdmission(asked, all);
        if (plan.kind === "grant") {
          expect(all.promisedBytes + asked.bytes).toBeLessThanOrEqual(all.budgetBytes);
          expect(all.untakenBytes + asked.bytes).toBeLessThanOrEqual(all.headroomBytes);
        }
        if (plan.kind === "evict") {
          expect(asked.mayEvict).not.toBe("nobody");
          for (const { id } of plan.victims) {
            const victim = parts.candidates.find((candidate) => candidate.id === id);
            expect(victim).toMatchObject({ leases: 0, pinned: false });
          }
        }
        if (!asked.mayWait && asked.mayEvict === "nobody") expect(plan.kind).toMatch(/grant|refuse/);
      }),
      { numRuns: 1000 },
    );
  });
});
