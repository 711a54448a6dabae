import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PacketMeter } from "../../../src/gateways/mqtt/limit-packets.js";

/** A PUBLISH-like packet with a body of so many bytes. */
function packet(bodyBytes: number): Buffer {
  const length: number[] = [];
  let rest = bodyBytes;
  do {
    length.push((rest & 0x7f) | (rest > 127 ? 0x80 : 0));
    rest >>= 7;
  } while (rest > 0);
  return Buffer.concat([Buffer.from([0x30, ...length]), Buffer.alloc(bodyBytes, 0xff)]);
}

const feed = (meter: PacketMeter, wire: Buffer, pieceBytes: number) => {
  for (let at = 0; at < wire.length; at += pieceBytes) {
    if (!meter.accept(wire.subarray(at, at + pieceBytes))) return false;
  }
  return true;
};

describe("PacketMeter", () => {
  it("lets packets up to the limit pass however TCP cuts them", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 8 }),
        fc.integer({ min: 1, max: 64 }),
        (sizes, piece) => {
          const wire = Buffer.concat(sizes.map(packet));
          expect(feed(new PacketMeter(300), wire, piece)).toBe(true);
        },
      ),
    );
  });

  it("notices a longer one from its header alone", () => {
    const wire = Buffer.concat([packet(300), packet(301).subarray(0, 3)]);
    for (const piece of [1, 7, wire.length]) expect(feed(new PacketMeter(300), wire, piece)).toBe(false);
  });

  it("refuses a length of more than four bytes", () => {
    expect(new PacketMeter(2 ** 30).accept(Buffer.from([0x30, 0x80, 0x80, 0x80, 0x80, 0x01]))).toBe(false);
  });
});
