import { describe, expect, it } from "vitest";
import { Framer } from "../../src/audio/framer.js";

const upTo = (length: number) => Float32Array.from({ length }, (_, n) => n);

describe("Framer", () => {
  it.each([1, 3, 4, 5, 11])("cuts the same frames from pieces of %i samples", (size) => {
    const framer = new Framer(4);
    const frames: number[][] = [];
    for (let i = 0; i < 11; i += size) {
      for (const frame of framer.push(upTo(11).subarray(i, i + size))) frames.push([...frame]);
    }
    expect(frames).toEqual([
      [0, 1, 2, 3],
      [4, 5, 6, 7],
    ]);
    expect([...(framer.flush() ?? [])]).toEqual([8, 9, 10, 0]);
    expect(framer.flush()).toBeUndefined();
  });

  it("leaves frames already given alone", () => {
    const framer = new Framer(2);
    const [first] = framer.push(upTo(2));
    framer.push(Float32Array.of(7, 7, 7));
    expect([...(first ?? [])]).toEqual([0, 1]);
  });
});
