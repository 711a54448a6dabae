import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { Slots } from "../../src/sessions/slots.js";
import { gate, turn } from "../fixtures/voice-pieces.js";

const never = new AbortController().signal;

/** Work of named requests, which ends when told to. */
function desk(slots: Slots) {
  const started: string[] = [];
  const ends = new Map<string, () => void>();
  return {
    started,
    ask(name: string, group: string, signal: AbortSignal = never) {
      const end = gate();
      ends.set(name, () => end.open());
      return slots.run(group, signal, async () => {
        started.push(name);
        await end.promise;
        return name;
      });
    },
    async end(name: string) {
      ends.get(name)?.();
      await turn();
    },
  };
}

describe("Slots", () => {
  it("runs as much at once as there are places", async () => {
    const { ask, end, started } = desk(new Slots({ places: 2, maxWaiting: 8 }));
    const all = ["a", "b", "c"].map((name) => ask(name, "peer"));
    await turn();
    expect(started).toEqual(["a", "b"]);
    await end("b");
    expect(started).toEqual(["a", "b", "c"]);
    await end("a");
    await end("c");
    expect(await Promise.all(all)).toEqual(["a", "b", "c"]);
  });

  it("lets groups take turns, each in its own order", async () => {
    const { ask, end, started } = desk(new Slots({ places: 1, maxWaiting: 8 }));
    for (const name of ["a1", "a2", "a3", "b1", "b2", "c1"]) void ask(name, name.charAt(0));
    await turn();
    for (const name of ["a1", "b1", "c1", "a2", "b2"]) await end(name);
    expect(started).toEqual(["a1", "b1", "c1", "a2", "b2", "a3"]);
  });

  it("refuses when too many wait, and says so", async () => {
    const { ask, end } = desk(new Slots({ places: 1, maxWaiting: 1 }));
    const first = ask("a", "peer");
    const second = ask("b", "peer");
    await expect(ask("c", "peer")).rejects.toMatchObject({ code: "busy" });
    await end("a");
    await end("b");
    expect(await Promise.all([first, second])).toEqual(["a", "b"]);
  });

  it("lets go of who aborts while waiting", async () => {
    const { ask, end, started } = desk(new Slots({ places: 1, maxWaiting: 1 }));
    const abort = new AbortController();
    const first = ask("a", "peer");
    const second = ask("b", "peer", abort.signal);
    await turn();
    abort.abort(new Error("gone"));
    await expect(second).rejects.toThrow("gone");
    const third = ask("c", "peer");
    await end("a");
    await end("c");
    expect(started).toEqual(["a", "c"]);
    expect(await Promise.all([first, third])).toEqual(["a", "c"]);
  });

  it("does not start work of who aborts in the moment of its turn, and hands the place on", async () => {
    const slots = new Slots({ places: 1, maxWaiting: 4 });
    const { ask, end, started } = desk(slots);
    const abort = new AbortController();
    const first = slots
      .run("peer", never, async () => undefined)
      .finally(() => abort.abort(new Error("gone")));
    const second = ask("b", "peer", abort.signal);
    const third = ask("c", "peer");
    await first;
    await expect(second).rejects.toThrow("gone");
    await end("c");
    await third;
    expect(started).toEqual(["c"]);
  });

  it("refuses who has aborted already", async () => {
    const { ask } = desk(new Slots({ places: 1, maxWaiting: 1 }));
    await expect(ask("a", "peer", AbortSignal.abort(new Error("gone")))).rejects.toThrow("gone");
  });

  it("frees the place of work that fails", async () => {
    const slots = new Slots({ places: 1, maxWaiting: 0 });
    await expect(slots.run("peer", never, () => Promise.reject(new Error("broken")))).rejects.toThrow(
      "broken",
    );
    expect(await slots.run("peer", never, async () => "next")).toBe("next");
  });

  it("leaves no listener on the signal of who waited", async () => {
    const { ask, end } = desk(new Slots({ places: 1, maxWaiting: 1 }));
    const { signal } = new AbortController();
    void ask("a", "peer");
    const second = ask("b", "peer", signal);
    await end("a");
    await end("b");
    await second;
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });
});
