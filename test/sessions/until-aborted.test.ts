import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { untilAborted } from "../../src/sessions/until-aborted.js";
import { gate, turn } from "../fixtures/voice-pieces.js";

describe("untilAborted", () => {
  it("passes on the result or the failure, and leaves no listener", async () => {
    const { signal } = new AbortController();
    expect(await untilAborted(Promise.resolve(7), signal)).toBe(7);
    await expect(untilAborted(Promise.reject(new Error("broken")), signal)).rejects.toThrow("broken");
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  it("does not wait for the work once the signal aborts, and frees its late result", async () => {
    const abort = new AbortController();
    const work = gate<string>();
    const freed: string[] = [];
    const waiting = untilAborted(work.promise, abort.signal, (value) => freed.push(value));
    abort.abort(new Error("gone"));
    await expect(waiting).rejects.toThrow("gone");
    work.open("channel");
    await turn();
    expect(freed).toEqual(["channel"]);
  });

  it("swallows the failure of work nobody waits for any more", async () => {
    const abort = new AbortController();
    const work = gate();
    const waiting = untilAborted(work.promise, abort.signal);
    abort.abort(new Error("gone"));
    work.fail(new Error("broken"));
    await expect(waiting).rejects.toThrow("gone");
  });

  it("rejects at once with a signal that has aborted", async () => {
    const work = gate();
    await expect(untilAborted(work.promise, AbortSignal.abort(new Error("gone")))).rejects.toThrow("gone");
  });
});
