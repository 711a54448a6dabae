import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SampleRing } from "../../src/audio/ring-buffer.js";

describe("SampleRing", () => {
  it("holds the newest samples, oldest first, whatever was pushed before", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 9 }),
        fc.array(fc.array(fc.integer({ min: -9, max: 9 }), { maxLength: 15 }), { maxLength: 8 }),
        fc.integer({ min: 0, max: 12 }),
        (capacity, pieces, count) => {
          const ring = new SampleRing(capacity);
          for (const piece of pieces) ring.push(Float32Array.from(piece));
          const all = Float32Array.from(pieces.flat());
          const held = all.subarray(Math.max(0, all.length - capacity));
          expect(ring.size).toBe(held.length);
          expect([...ring.newest()]).toEqual([...held]);
          expect([...ring.newest(count)]).toEqual([...held.subarray(Math.max(0, held.length - count))]);
        },
      ),
    );
  });

  it("is empty after clear", () => {
    const ring = new SampleRing(3);
    ring.push(Float32Array.of(1, 2));
    ring.clear();
    expect(ring.size).toBe(0);
    ring.push(Float32Array.of(5));
    expect([...ring.newest()]).toEqual([5]);
  });
});
