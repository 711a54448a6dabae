import { describe, expect, it } from "vitest";
import { BoundedQueue } from "../../src/base/bounded-queue.js";
import { collect } from "../fixtures/streams.js";

/** Lets everything that is ready to run do so. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe("BoundedQueue", () => {
  it("hands items out in order, also undefined, and ends after close", async () => {
    const queue = new BoundedQueue<number | undefined>({ limit: 10 });
    for (const item of [1, undefined, 3]) expect(queue.tryPush(item)).toBe(true);
    queue.close();
    expect(await collect(queue)).toEqual([1, undefined, 3]);
  });

  it("lets a consumer wait for the next item", async () => {
    const queue = new BoundedQueue<string>({ limit: 1 });
    const all = collect(queue);
    await settle();
    await queue.push("a");
    await queue.push("b");
    queue.close();
    expect(await all).toEqual(["a", "b"]);
  });

  it("keeps a producer waiting while it is full", async () => {
    const queue = new BoundedQueue<number>({ limit: 2 });
    await queue.push(1);
    await queue.push(2);
    expect(queue.tryPush(3)).toBe(false);
    let isIn = false;
    const third = queue.push(3).then((accepted) => {
      isIn = accepted;
    });
    await settle();
    expect(isIn).toBe(false);
    expect((await queue[Symbol.asyncIterator]().next()).value).toBe(1);
    await third;
    expect(isIn).toBe(true);
    expect(queue.size).toBe(2);
  });

  it("counts weights, and takes an item over the limit only when empty", () => {
    const queue = new BoundedQueue<Buffer>({ limit: 100, weigh: (bytes) => bytes.length });
    expect(queue.tryPush(Buffer.alloc(300))).toBe(true);
    expect(queue.weight).toBe(300);
    expect(queue.tryPush(Buffer.alloc(1))).toBe(false);
  });

  it("takes nothing after close and frees those who wait", async () => {
    const queue = new BoundedQueue<number>({ limit: 1 });
    await queue.push(1);
    const waiting = queue.push(2);
    queue.close();
    queue.close();
    expect(await waiting).toBe(false);
    expect(queue.tryPush(3)).toBe(false);
    expect(await collect(queue)).toEqual([1]);
  });

  it("forgets what it holds when cleared", async () => {
    const queue = new BoundedQueue<number>({ limit: 3 });
    await queue.push(1);
    queue.clear();
    expect(queue.weight).toBe(0);
    expect(await collect(queue)).toEqual([]);
  });
});
