import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeFrameHead, FrameReader } from "../../../src/engines/silero/frames.js";

const bytesOf = (frames: readonly { readonly id: number; readonly payload: Uint8Array }[]): Buffer =>
  Buffer.concat(
    frames.flatMap(({ id, payload }) => [encodeFrameHead({ id, note: "ж" }, payload.length), payload]),
  );

describe("FrameReader", () => {
  it("reads the same frames however the bytes arrive", () => {
    const frame = fc.record({ id: fc.nat(), payload: fc.uint8Array({ maxLength: 40 }) });
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 5 }), fc.integer({ min: 1, max: 50 }), (frames, size) => {
        const wire = bytesOf(frames);
        const reader = new FrameReader();
        const read = [];
        for (let at = 0; at < wire.length; at += size)
          read.push(...reader.push(wire.subarray(at, at + size)));
        expect(
          read.map(({ header, payload }) => ({ id: header["id"], payload: new Uint8Array(payload) })),
        ).toEqual(frames);
      }),
    );
  });

  it("refuses a header or payload beyond its limits before it has arrived", () => {
    const length = Buffer.alloc(4);
    length.writeUInt32LE(2 ** 30);
    expect(() => new FrameReader().push(length)).toThrowError(/more than it may/);
    expect(() => new FrameReader().push(encodeFrameHead({}, 2 ** 31))).toThrowError(/more than it may/);
  });

  it("refuses a header that is no JSON object", () => {
    const length = Buffer.alloc(4);
    length.writeUInt32LE(4);
    for (const header of ["nope", "null", "1234"]) {
      expect(() => new FrameReader().push(Buffer.concat([length, Buffer.from(header)]))).toThrowError(
        /Silero process/,
      );
    }
  });
});
