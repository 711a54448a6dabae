import { describe, expect, it } from "vitest";
import { ByteReader } from "../../src/base/byte-reader.js";
import { cut } from "../fixtures/streams.js";

const reader = (text: string, size: number) => new ByteReader(cut(Buffer.from(text), size));

describe("ByteReader", () => {
  it.each([1, 2, 3, 5, 100])("reads lines and counted bytes from pieces of %i bytes", async (size) => {
    const bytes = reader("one\n\ntwo\nrest", size);
    expect((await bytes.readLine(10))?.toString()).toBe("one");
    expect((await bytes.readLine(10))?.toString()).toBe("");
    expect((await bytes.readExactly(4)).toString()).toBe("two\n");
    expect((await bytes.readExactly(0)).toString()).toBe("");
    expect((await bytes.readExactly(4)).toString()).toBe("rest");
    expect(await bytes.readLine(10)).toBeUndefined();
  });

  it.each([1, 4, 100])(
    "refuses a line over the limit and takes one at the limit (pieces of %i)",
    async (size) => {
      const bytes = reader("12345\n123456\n", size);
      expect((await bytes.readLine(5))?.toString()).toBe("12345");
      await expect(bytes.readLine(5)).rejects.toMatchObject({ code: "frame-too-large" });
    },
  );

  it("refuses a line that never ends once it is over the limit, not later", async () => {
    let pulled = 0;
    async function* endless() {
      for (;;) {
        pulled += 1;
        yield Buffer.alloc(100, "x");
      }
    }
    await expect(new ByteReader(endless()).readLine(1_000)).rejects.toMatchObject({
      code: "frame-too-large",
    });
    expect(pulled).toBe(11);
  });

  it("tells an end inside a line or a count from one in between", async () => {
    await expect(reader("abc", 2).readLine(10)).rejects.toMatchObject({ code: "frame-truncated" });
    await expect(reader("abc", 2).readExactly(4)).rejects.toMatchObject({ code: "frame-truncated" });
    await expect(reader("", 2).readExactly(1)).rejects.toMatchObject({ code: "frame-truncated" });
  });

  it("pulls the next piece only when it needs one, and says so before", async () => {
    const waits: number[] = [];
    const bytes: ByteReader = new ByteReader(cut(Buffer.from("ab\ncd\nef"), 4), () =>
      waits.push(bytes.buffered),
    );
    await bytes.readLine(10);
    expect(waits).toEqual([0]);
    await bytes.readLine(10);
    expect(waits).toEqual([0, 1]);
  });

  it("gives out bytes that later pieces do not overwrite", async () => {
    const shared = Buffer.from("aaaa");
    async function* reusing() {
      yield shared;
      shared.fill("b");
      yield shared;
    }
    const bytes = new ByteReader(reusing());
    const first = await bytes.readExactly(2);
    await bytes.readExactly(6);
    expect(first.toString()).toBe("aa");
  });

  it("ends its source when closed early", async () => {
    let ended = false;
    async function* source() {
      try {
        for (;;) yield Buffer.from("x");
      } finally {
        ended = true;
      }
    }
    const bytes = new ByteReader(source());
    await bytes.readExactly(1);
    await bytes.close();
    expect(ended).toBe(true);
  });
});
