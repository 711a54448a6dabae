import { describe, expect, it } from "vitest";
import { AssetError, BudgetError, SessionError, WorkerError } from "../../src/base/errors.js";
import { MIB } from "../../src/base/units.js";
import type { Lease } from "../../src/residency/lease.js";
import { house, resident, turns } from "../fixtures/residency-house.js";

const A = resident("whisper/a", { steadyMiB: 180 });
const B = resident("moonshine/b", { steadyMiB: 130 });
const C = resident("piper/c", { capability: "tts", steadyMiB: 80 });
const DEADLINE = { deadlineMs: 60_000 };

describe("a lease", () => {
  it("fetches, loads and warms a cold model, and is granted when it is ready", async () => {
    const { residency, during, view, store, machine } = house([A], 400);
    const seen: string[] = [];
    residency.on("model", ({ state }) => void (state === seen.at(-1) || seen.push(state)));
    const lease = await during(residency.lease(A.manifest.id, DEADLINE));
    expect(seen).toEqual(["loading", "warming", "ready"]);
    expect(store.obtained).toEqual(["whisper/a"]);
    expect(lease).toMatchObject({ model: "whisper/a", loaded: { capability: "stt" } });
    expect(lease.worker).toBe(machine.worker("whisper/a"));
    expect(residency.isReady("whisper/a")).toBe(true);
    expect(view("whisper/a")).toMatchObject({
      leases: 1,
      memoryBytes: 200 * MIB,
      memorySource: "measured",
      reason: "asked by a request",
    });
    lease.release();
    lease.release();
    expect(view("whisper/a").leases).toBe(0);
  });

  it("is granted at once on a ready model", async () => {
    const { residency, during, machine } = house([A], 400);
    (await during(residency.lease("whisper/a", DEADLINE))).release();
    const again = await residency.lease("whisper/a", { deadlineMs: 0 });
    expect(again.model).toBe("whisper/a");
    expect(machine.spawned).toEqual(["whisper/a"]);
  });

  it("shares one load with the warm-up and all others who ask meanwhile", async () => {
    const { residency, during, machine, view } = house([A], 400);
    const preload = residency.warmUp("whisper/a", { reason: "preload", mayEvict: "nobody", deadlineMs: 0 });
    const leases = Promise.all(Array.from({ length: 5 }, () => residency.lease("whisper/a", DEADLINE)));
    await during(preload);
    expect(await during(leases)).toHaveLength(5);
    expect(machine.spawned).toEqual(["whisper/a"]);
    expect(view("whisper/a")).toMatchObject({ leases: 5, reason: "preload" });
  });

  it("is refused for a model nobody knows", async () => {
    const { residency } = house([A], 400);
    await expect(residency.lease("x/y", DEADLINE)).rejects.toMatchObject({ code: "no-model" });
    expect(residency.isReady("x/y")).toBe(false);
  });

  it("ends its wait at the deadline and says what it waited for", async () => {
    const { residency, machine, during, store } = house([A], 400);
    machine.holdLoads("whisper/a");
    await expect(during(residency.lease("whisper/a", { deadlineMs: 5000 }))).rejects.toThrow(
      "whisper/a was not ready within 5.0 s: it is still loading. Try again later.",
    );
    store.gate = new Promise(() => undefined);
    const other = house([A], 400);
    other.store.gate = new Promise(() => undefined);
    const late = other.during(other.residency.lease("whisper/a", { deadlineMs: 5000 }));
    await expect(late).rejects.toThrow(SessionError);
    await expect(late).rejects.toThrow(/files are still being fetched/);
  });

  it("ends its wait when its signal aborts", async () => {
    const { residency, machine, during } = house([A], 400);
    machine.holdLoads("whisper/a");
    const reason = new SessionError("cancelled", "gone");
    const abort = new AbortController();
    const lease = residency.lease("whisper/a", { ...DEADLINE, signal: abort.signal });
    await turns();
    abort.abort(reason);
    await expect(during(lease)).rejects.toBe(reason);
    await expect(residency.lease("whisper/a", { ...DEADLINE, signal: abort.signal })).rejects.toBe(reason);
  });

  it("finishes a load that nobody waits for any more, for the next who asks", async () => {
    const { residency, machine, during, reaches } = house([A], 400);
    const open = machine.holdLoads("whisper/a");
    await expect(during(residency.lease("whisper/a", { deadlineMs: 100 }))).rejects.toThrow();
    open();
    await reaches("whisper/a", "ready");
    await residency.lease("whisper/a", { deadlineMs: 0 });
  });

  it("waits in a line of bounded length", async () => {
    const { residency, machine } = house([A], 400);
    machine.holdLoads("whisper/a");
    const waiting = Array.from({ length: 64 }, () => residency.lease("whisper/a", DEADLINE));
    for (const lease of waiting) lease.catch(() => undefined);
    await expect(residency.lease("whisper/a", DEADLINE)).rejects.toMatchObject({ code: "busy" });
  });
});

describe("the budget", () => {
  it("sends the cheapest idle model away for the one that is asked for, and says why", async () => {
    const { residency, during, view, evictions, machine } = house([A, B, C], 380);
    (await during(residency.lease("whisper/a", DEADLINE))).release();
    (await during(residency.lease("moonshine/b", DEADLINE))).release();
    (await during(residency.lease("piper/c", DEADLINE))).release();
    expect(evictions).toHaveLength(1);
    expect(evictions[0]?.why).toMatch(/^piper\/c needs its memory; unused for .*, frees .*, back in /);
    expect(view(evictions[0]?.model ?? "").state).toBe("cold");
    expect(machine.mostBytes).toBeLessThanOrEqual(380 * MIB);
    expect(residency.view()).toMatchObject({ budgetBytes: 380 * MIB, budgetReason: "as configured" });
  });

  it("never takes a model from its user: who needs the room waits for the release", async () => {
    const { residency, during, view, until, clock } = house([A, B], 250);
    const lease = await during(residency.lease("whisper/a", DEADLINE));
    let other: Lease | undefined;
    const waiting = residency.lease("moonshine/b", DEADLINE).then((granted) => {
      other = granted;
    });
    await turns();
    clock.advance(1000);
    await turns();
    expect(view("whisper/a")).toMatchObject({ state: "ready", leases: 1 });
    expect(view("moonshine/b").state).toBe("cold");
    lease.release();
    await until(() => other !== undefined);
    await waiting;
    expect(view("whisper/a").state).toBe("cold");
  });

  it("closes a model in use to new users once others have waited long enough, and loses no request", async () => {
    const { residency, during, view, until } = house([A, B], 250);
    const held = await during(residency.lease("whisper/a", DEADLINE));
    const waiting = residency.lease("moonshine/b", DEADLINE);
    await until(() => view("whisper/a").state === "draining");
    expect(view("whisper/a").leases).toBe(1);
    const newcomer = residency.lease("whisper/a", DEADLINE);
    await turns();
    held.release();
    const other = await during(waiting);
    expect(other.model).toBe("moonshine/b");
    other.release();
    expect((await during(newcomer)).model).toBe("whisper/a");
  });

  it("refuses a model larger than all of it, with numbers and a smaller one that would fit", async () => {
    const { residency, view, during } = house([A, C], 150, {
      smaller: (id) => (id === "whisper/a" ? ["piper/c"] : []),
    });
    const refused = during(residency.lease("whisper/a", DEADLINE));
    await expect(refused).rejects.toMatchObject({ code: "larger-than-budget" });
    await expect(refused).rejects.toThrow(
      "whisper/a needs 216 MB, and the memory budget is 157 MB (as configured). piper/c would fit with 108 MB.",
    );
    expect(view("whisper/a")).toMatchObject({
      state: "cold",
      error: expect.stringContaining("needs 216 MB"),
    });
  });

  it("takes up the refused model once it is raised", async () => {
    const { residency, view, during } = house([A], 150);
    await expect(during(residency.lease("whisper/a", DEADLINE))).rejects.toThrow(BudgetError);
    residency.setBudget({ bytes: 300 * MIB, reason: "raised" });
    expect(view("whisper/a").error).toBeUndefined();
    expect((await during(residency.lease("whisper/a", DEADLINE))).model).toBe("whisper/a");
  });

  it("takes effect at once when it is lowered, but spares those in use", async () => {
    const { residency, view, during, reaches, evictions } = house([A, B, C], 600);
    (await during(residency.lease("whisper/a", DEADLINE))).release();
    const used = await during(residency.lease("moonshine/b", DEADLINE));
    (await during(residency.lease("piper/c", DEADLINE))).release();
    residency.setBudget({ bytes: 100 * MIB, reason: "lowered" });
    await reaches("whisper/a", "cold");
    await reaches("piper/c", "cold");
    expect(view("moonshine/b")).toMatchObject({ state: "ready", leases: 1 });
    used.release();
    await reaches("moonshine/b", "cold");
    expect(evictions.every(({ why }) => /more than the budget of 105 MB/.test(why))).toBe(true);
  });

  it("keeps memory of a leaving model until its process has gone", async () => {
    const { residency, during, machine } = house([A, B], 250);
    (await during(residency.lease("whisper/a", DEADLINE))).release();
    const worker = machine.worker("whisper/a");
    let finish: () => void = () => undefined;
    worker.stop = () => {
      finish = () => worker.end({ code: 0, signal: null, expected: true });
      return worker.exited;
    };
    const waiting = residency.lease("moonshine/b", DEADLINE);
    await turns();
    await turns();
    expect(machine.spawned).toEqual(["whisper/a"]);
    finish();
    await during(waiting);
    expect(machine.spawned).toEqual(["whisper/a", "moonshine/b"]);
  });

  it("counts what a load takes at most, and what it holds only when that is known", async () => {
    const peaky = resident("vosk/peaky", { steadyMiB: 100, loadPeakMiB: 220, inferencePeakMiB: 150 });
    const estimate = { loadPeakBytes: (240 * MIB) / 1.25, steadyBytes: (120 * MIB) / 1.25 };
    const model = { ...peaky, manifest: { ...peaky.manifest, memory: estimate } };
    const { residency, machine, during, reaches, view, book } = house([model, B], 400);
    const open = machine.holdLoads("vosk/peaky");
    residency.prefetch("vosk/peaky");
    await reaches("vosk/peaky", "loading");
    const { measuredBytes, reservedBytes } = residency.view();
    expect(measuredBytes + reservedBytes).toBe(240 * MIB);
    open();
    await reaches("vosk/peaky", "ready");
    await during(residency.measure());
    // Its inference peak stays promised, its load peak does not.
    expect(view("vosk/peaky").memoryBytes).toBe(120 * MIB);
    const after = residency.view();
    expect(after.measuredBytes + after.reservedBytes).toBe(Math.ceil(1.03 * 170 * MIB));
    await book.flush();
  });

  it("waits for memory that others on the machine hold, and says so", async () => {
    const { residency, machine, during } = house([A], 400);
    machine.availableMiB = 900;
    machine.totalMiB = 8000;
    await expect(during(residency.lease("whisper/a", { deadlineMs: 2000 }))).rejects.toMatchObject({
      code: "over-budget",
    });
    await expect(
      during(residency.warmUp("whisper/a", { reason: "preload", mayEvict: "nobody", deadlineMs: 0 })),
    ).rejects.toThrow(
      "whisper/a needs 216 MB, but the machine has 944 MB left, of which 839 MB stay free. Try again later, or raise the budget.",
    );
    const waiting = residency.lease("whisper/a", DEADLINE);
    await turns();
    machine.availableMiB = 3000;
    expect((await during(waiting)).model).toBe("whisper/a");
  });

  it("grows a promise that was too small, learns it, and sheds what no longer fits", async () => {
    const { residency, during, machine, view, until, evictions } = house([A, C], 320);
    (await during(residency.lease("piper/c", DEADLINE))).release();
    const lease = await during(residency.lease("whisper/a", DEADLINE));
    machine.worker("whisper/a").swell(60);
    await until(() => evictions.length > 0);
    expect(evictions[0]).toMatchObject({
      model: "piper/c",
      why: expect.stringContaining("more than the budget"),
    });
    lease.release();
    await during(residency.unload("whisper/a"));
    expect(view("whisper/a")).toMatchObject({
      memoryBytes: Math.ceil(1.03 * 260 * MIB),
      memorySource: "learned",
    });
  });

  it("stops a load that takes more than was set aside for it once there is nobody idle to leave", async () => {
    const liar = resident("whisper/liar", { steadyMiB: 500 });
    const estimate = { loadPeakBytes: 80 * MIB, steadyBytes: 80 * MIB };
    const model = { ...liar, manifest: { ...liar.manifest, memory: estimate } };
    const { residency, during, machine, view, until } = house([model, C], 320);
    const held = await during(residency.lease("piper/c", DEADLINE));
    const open = machine.holdLoads("whisper/liar");
    const waiting = residency.lease("whisper/liar", DEADLINE);
    waiting.catch(() => undefined);
    await until(() => view("whisper/liar").state === "loading");
    const worker = machine.living.at(-1);
    worker?.swell(230);
    await expect(during(waiting)).rejects.toMatchObject({
      code: "over-budget",
      message: /^whisper\/liar took 262 MB before it was ready, where 105 MB were set aside/,
    });
    open();
    expect(worker?.gone).toBe(true);
    expect(view("whisper/liar")).toMatchObject({ state: "failed", memoryBytes: expect.any(Number) });
    // Who was at work was left at it.
    expect(view("piper/c").state).toBe("ready");
    // The next load asks for what this one has shown, and a tenth more.
    const again = residency.warmUp("whisper/liar", { reason: "again", mayEvict: "nobody", deadlineMs: 0 });
    await expect(during(again)).rejects.toThrow(/^whisper\/liar needs 288 MB, and of the budget/);
    held.release();
  });

  it("lets a load finish that is a little larger than was thought", async () => {
    const near = resident("whisper/near", { steadyMiB: 190 });
    const estimate = { loadPeakBytes: (200 * MIB) / 1.25, steadyBytes: (200 * MIB) / 1.25 };
    const model = { ...near, manifest: { ...near.manifest, memory: estimate } };
    const { residency, during, evictions } = house([model, C], 320);
    const held = await during(residency.lease("piper/c", DEADLINE));
    (await during(residency.lease("whisper/near", DEADLINE))).release();
    expect(evictions).toEqual([]);
    held.release();
  });

  it("lets a load that keeps to what it was given finish, whoever else takes too much", async () => {
    const { residency, during, machine, until, view } = house([A, C], 320);
    const held = await during(residency.lease("piper/c", DEADLINE));
    const open = machine.holdLoads("whisper/a");
    const waiting = residency.lease("whisper/a", DEADLINE);
    await until(() => view("whisper/a").state === "loading");
    machine.worker("piper/c").swell(100);
    await during(residency.measure());
    open();
    (await during(waiting)).release();
    held.release();
  });

  it("works by estimates where nothing can be measured", async () => {
    const { residency, machine, during, view } = house([A, B], 250);
    machine.canMeasure = false;
    (await during(residency.lease("whisper/a", DEADLINE))).release();
    expect(view("whisper/a")).toMatchObject({ state: "ready", memorySource: "estimated" });
    (await during(residency.lease("moonshine/b", DEADLINE))).release();
    expect(view("whisper/a").state).toBe("cold");
  });
});

describe("preloads and prefetches", () => {
  const PRELOAD = { reason: "preload", mayEvict: "nobody", deadlineMs: 0 } as const;

  it("send nobody away for a preload", async () => {
    const { residency, during, view } = house([A, B], 250);
    await during(residency.warmUp("whisper/a", PRELOAD));
    await expect(during(residency.warmUp("moonshine/b", PRELOAD))).rejects.toMatchObject({
      code: "over-budget",
    });
    expect(view("whisper/a").state).toBe("ready");
    expect(view("moonshine/b")).toMatchObject({ state: "cold", error: expect.stringContaining("are free") });
  });

  it("send only models away for a prefetch that have repaid their load", async () => {
    const { residency, during, view, clock, reaches } = house([A, B], 250);
    await during(residency.warmUp("whisper/a", PRELOAD));
    residency.prefetch("moonshine/b");
    await turns();
    await turns();
    expect(view("whisper/a").state).toBe("ready");
    expect(view("moonshine/b").state).toBe("cold");
    clock.advance(31_000);
    residency.prefetch("moonshine/b");
    await reaches("moonshine/b", "ready");
    expect(view("whisper/a").state).toBe("cold");
  });

  it("come back by themselves once those have left for whom they had to go", async () => {
    const guest = resident("moonshine/b", { steadyMiB: 130 }, { keepAliveSeconds: 60 });
    const { residency, during, view, clock, reaches } = house([A, guest], 250);
    await during(residency.warmUp("whisper/a", PRELOAD));
    (await during(residency.lease("moonshine/b", DEADLINE))).release();
    expect(view("whisper/a").state).toBe("cold");
    clock.advance(61_000);
    await reaches("whisper/a", "ready");
    expect(view("moonshine/b").state).toBe("cold");
  });

  it("stay away when they were unloaded on purpose or for being idle", async () => {
    const idle = resident("x/idle", { steadyMiB: 50 }, { keepAliveSeconds: 60 });
    const { residency, during, view, clock } = house([A, idle], 400);
    await during(residency.warmUp("whisper/a", PRELOAD));
    await during(residency.warmUp("x/idle", PRELOAD));
    await during(residency.unload("whisper/a"));
    clock.advance(61_000);
    await during(residency.measure());
    clock.advance(61_000);
    await turns();
    expect(view("whisper/a").state).toBe("cold");
    expect(view("x/idle").state).toBe("cold");
  });

  it("become urgent when a request joins", async () => {
    const { residency, during, machine, store } = house([A, B], 250);
    const used = await during(residency.lease("whisper/a", DEADLINE));
    let open: () => void = () => undefined;
    store.gate = new Promise((resolve) => {
      open = resolve;
    });
    const preload = residency.warmUp("moonshine/b", PRELOAD);
    const lease = residency.lease("moonshine/b", DEADLINE);
    open();
    await turns();
    used.release();
    await during(preload);
    expect((await during(lease)).worker).toBe(machine.worker("moonshine/b"));
  });
});

describe("keep-alive", () => {
  it("sends a model away after its idle time, counted from the last use", async () => {
    const { residency, during, view, clock, reaches } = house(
      [resident("x/short", { steadyMiB: 50 }, { keepAliveSeconds: 60 })],
      400,
    );
    const lease = await during(residency.lease("x/short", DEADLINE));
    clock.advance(120_000);
    await turns();
    expect(view("x/short").state).toBe("ready");
    lease.release();
    clock.advance(59_000);
    await turns();
    expect(view("x/short").state).toBe("ready");
    clock.advance(2000);
    await reaches("x/short", "cold");
  });

  it("sends a model with 0 away right after its use, but not before its first", async () => {
    const { residency, during, view, clock, reaches, evictions } = house(
      [resident("x/once", { steadyMiB: 50 }, { keepAliveSeconds: 0 })],
      400,
    );
    await during(residency.warmUp("x/once", { reason: "preload", mayEvict: "nobody", deadlineMs: 0 }));
    clock.advance(600_000);
    await turns();
    expect(view("x/once").state).toBe("ready");
    const first = await during(residency.lease("x/once", DEADLINE));
    const second = await during(residency.lease("x/once", DEADLINE));
    first.release();
    expect(view("x/once").state).toBe("ready");
    second.release();
    await reaches("x/once", "cold");
    expect(evictions).toHaveLength(1);
  });

  it("keeps a model with -1 for ever", async () => {
    const { residency, during, view, clock } = house([A], 400);
    (await during(residency.lease("whisper/a", DEADLINE))).release();
    clock.advance(10 * 24 * 3600_000);
    await turns();
    expect(view("whisper/a").state).toBe("ready");
  });

  it("starts anew with a prefetch", async () => {
    const { residency, during, view, clock } = house(
      [resident("x/short", { steadyMiB: 50 }, { keepAliveSeconds: 60 })],
      400,
    );
    (await during(residency.lease("x/short", DEADLINE))).release();
    clock.advance(50_000);
    residency.prefetch("x/short");
    clock.advance(50_000);
    await turns();
    expect(view("x/short").state).toBe("ready");
  });
});

describe("pins", () => {
  it("keep a model from every kind of leaving, until they are taken off", async () => {
    const { residency, during, view, clock, reaches } = house(
      [resident("x/pinned", { steadyMiB: 180 }, { keepAliveSeconds: 60 }), B],
      250,
    );
    (await during(residency.lease("x/pinned", DEADLINE))).release();
    residency.pin("x/pinned");
    clock.advance(3600_000);
    await turns();
    await expect(during(residency.lease("moonshine/b", DEADLINE))).rejects.toThrow(
      "moonshine/b needs 162 MB, and the memory budget is 262 MB (as configured), of which 216 MB belong to pinned models. Choose a smaller model or raise the budget.",
    );
    residency.setBudget({ bytes: 100 * MIB, reason: "lowered" });
    await turns();
    expect(view("x/pinned")).toMatchObject({ state: "ready", pinned: true });
    residency.setBudget({ bytes: 250 * MIB, reason: "as before" });
    residency.unpin("x/pinned");
    clock.advance(60_000);
    await reaches("x/pinned", "cold");
  });
});

describe("failures", () => {
  it("are told to all who wait, and tried again after 10 s, doubling", async () => {
    const model = resident("x/broken", { steadyMiB: 50, fails: "load" });
    const { residency, during, view, clock, machine } = house([model], 400);
    const both = [residency.lease("x/broken", DEADLINE), residency.lease("x/broken", DEADLINE)];
    const failed = { status: "rejected", reason: expect.objectContaining({ code: "engine-load-failed" }) };
    expect(await during(Promise.allSettled(both))).toEqual([failed, failed]);
    expect(machine.spawned).toHaveLength(1);
    expect(machine.living).toEqual([]);
    for (const waitMs of [10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000]) {
      const { retryAtMs = 0, state, error } = view("x/broken");
      expect({ state, error }).toEqual({ state: "failed", error: "The library says no." });
      expect(Math.abs(retryAtMs - clock.nowMs() - waitMs)).toBeLessThan(100);
      await expect(residency.lease("x/broken", DEADLINE)).rejects.toThrow("The library says no.");
      clock.advance(waitMs);
      await expect(during(residency.lease("x/broken", DEADLINE))).rejects.toThrow();
    }
    expect(machine.spawned).toHaveLength(8);
  });

  it("of files are failures like others, without memory or process", async () => {
    const { residency, during, view, store, machine, clock } = house([A], 400);
    store.fail = new AssetError("offline", "There is no network.");
    await expect(during(residency.lease("whisper/a", DEADLINE))).rejects.toBe(store.fail);
    expect(view("whisper/a")).toMatchObject({ state: "failed", error: "There is no network." });
    expect(machine.spawned).toEqual([]);
    store.fail = undefined;
    clock.advance(10_000);
    expect((await during(residency.lease("whisper/a", DEADLINE))).model).toBe("whisper/a");
  });

  it("of the warm-up keep a model from being ready", async () => {
    for (const fails of ["inference", "silence"] as const) {
      for (const capability of ["stt", "tts", "vad", "wake"] as const) {
        const { residency, during, machine, view } = house(
          [resident("x/m", { steadyMiB: 9, capability, fails })],
          400,
        );
        await expect(during(residency.lease("x/m", DEADLINE))).rejects.toMatchObject({
          code: "engine-failed",
        });
        expect(view("x/m").state).toBe("failed");
        expect(machine.living).toEqual([]);
      }
    }
  });

  it("bring a crashed model back at once the first time, later only after a wait, at last only when asked", async () => {
    const { residency, during, view, machine, reaches, clock } = house([A], 400);
    const preload = () =>
      during(residency.warmUp("whisper/a", { reason: "preload", mayEvict: "nobody", deadlineMs: 0 }));
    await preload();
    const lease = await during(residency.lease("whisper/a", DEADLINE));
    machine.worker("whisper/a").crash();
    await reaches("whisper/a", "ready");
    lease.release();
    expect(view("whisper/a").leases).toBe(0);
    expect(machine.spawned).toHaveLength(2);

    machine.worker("whisper/a").crash();
    await reaches("whisper/a", "failed");
    expect((view("whisper/a").retryAtMs ?? 0) - clock.nowMs()).toBe(20_000);
    await reaches("whisper/a", "ready");

    machine.worker("whisper/a").crash();
    await reaches("whisper/a", "failed");
    expect(view("whisper/a")).toMatchObject({ retryAtMs: Number.POSITIVE_INFINITY });
    clock.advance(3600_000);
    await turns();
    await expect(residency.lease("whisper/a", DEADLINE)).rejects.toThrow(/SIGSEGV/);
    await during(residency.retry("whisper/a"));
    expect(view("whisper/a").state).toBe("ready");
  });

  it("are forgotten after a while in good order", async () => {
    const { residency, during, machine, reaches, clock, view } = house([A], 400);
    await during(residency.warmUp("whisper/a", { reason: "preload", mayEvict: "nobody", deadlineMs: 0 }));
    for (let crash = 0; crash < 6; crash++) {
      clock.advance(301_000);
      machine.worker("whisper/a").crash();
      await reaches("whisper/a", "ready");
    }
    expect(view("whisper/a").state).toBe("ready");
  });

  it("for want of memory raise what is set aside", async () => {
    const { residency, during, machine, reaches, view } = house([A], 230);
    (await during(residency.lease("whisper/a", DEADLINE))).release();
    machine.oomKills += 1;
    machine.worker("whisper/a").crash("SIGKILL");
    await reaches("whisper/a", "failed");
    await turns();
    expect(view("whisper/a").error).toBe(
      "whisper/a was ended because memory ran out; from now on a quarter more is set aside for it.",
    );
    await expect(during(residency.lease("whisper/a", DEADLINE))).rejects.toMatchObject({
      code: "larger-than-budget",
    });
  });

  it("are no want of memory when somebody else killed the process", async () => {
    const { residency, during, machine, reaches } = house([A], 230);
    (await during(residency.lease("whisper/a", DEADLINE))).release();
    machine.worker("whisper/a").crash("SIGKILL");
    await reaches("whisper/a", "failed");
    expect((await during(residency.lease("whisper/a", DEADLINE))).model).toBe("whisper/a");
  });

  it("are no want of memory when a load took too long, whatever the kernel killed elsewhere", async () => {
    const { residency, during, machine, reaches, view } = house([A], 400);
    machine.holdLoads("whisper/a");
    const lease = residency.lease("whisper/a", DEADLINE);
    await reaches("whisper/a", "loading");
    machine.oomKills += 1;
    machine.workers[0]?.end({ code: null, signal: "SIGKILL", expected: false, hung: true });
    await expect(during(lease)).rejects.toThrow(WorkerError);
    await turns();
    expect(view("whisper/a").error).not.toMatch(/memory ran out/);
  });

  it("during a load end it for all who wait", async () => {
    const { residency, during, machine, reaches, view } = house([A], 400);
    machine.holdLoads("whisper/a");
    const lease = residency.lease("whisper/a", DEADLINE);
    await reaches("whisper/a", "loading");
    machine.workers[0]?.crash();
    await expect(during(lease)).rejects.toThrow(WorkerError);
    expect(view("whisper/a").state).toBe("failed");
  });

  it("end a worker that does not answer, and start another", async () => {
    const { residency, during, machine, until, log } = house([A], 400);
    await during(residency.warmUp("whisper/a", { reason: "preload", mayEvict: "nobody", deadlineMs: 0 }));
    const worker = machine.worker("whisper/a");
    worker.waitingMs = 29_000;
    await until(() => true, 5000);
    expect(worker.gone).toBe(false);
    worker.waitingMs = 31_000;
    await until(() => machine.spawned.length === 2);
    await until(() => residency.isReady("whisper/a"));
    expect(log.lines.some(({ message }) => /stopped answering and was ended/.test(message))).toBe(true);
  });
});

describe("unload", () => {
  it("lets users finish and resolves when the memory is back", async () => {
    const { residency, during, view, machine } = house([A], 400);
    const lease = await during(residency.lease("whisper/a", DEADLINE));
    const unloaded = residency.unload("whisper/a");
    expect(view("whisper/a").state).toBe("draining");
    lease.release();
    await during(unloaded);
    expect(view("whisper/a").state).toBe("cold");
    expect(machine.living).toEqual([]);
  });

  it("does not wait for ever for a user who stays", async () => {
    const { residency, during, view, machine } = house([A], 400);
    const lease = await during(residency.lease("whisper/a", DEADLINE));
    await during(residency.unload("whisper/a"));
    expect(machine.living).toEqual([]);
    expect(view("whisper/a").state).toBe("cold");
    const again = await during(residency.lease("whisper/a", DEADLINE));
    lease.release();
    expect(view("whisper/a").leases).toBe(1);
    again.release();
  });

  it("stops a load that is under way", async () => {
    const { residency, during, view, machine, reaches } = house([A], 400);
    machine.holdLoads("whisper/a");
    const lease = residency.lease("whisper/a", DEADLINE);
    lease.catch(() => undefined);
    await reaches("whisper/a", "loading");
    await during(residency.unload("whisper/a"));
    await expect(lease).rejects.toMatchObject({ code: "cancelled" });
    expect(view("whisper/a").state).toBe("cold");
    expect(machine.living).toEqual([]);
    expect(residency.view().reservedBytes).toBe(0);
  });

  it("has nothing to do for a cold model", async () => {
    const { residency, view } = house([A], 400);
    await residency.unload("whisper/a");
    expect(view("whisper/a").state).toBe("cold");
  });
});

describe("small models that share a worker", () => {
  const VAD = resident("silero/vad", { capability: "vad", steadyMiB: 6 }, { isolation: "shared" });
  const WAKE = resident("oww/wake", { capability: "wake", steadyMiB: 12 }, { isolation: "shared" });

  it("live in one process and are told apart by what each added", async () => {
    const { residency, during, machine, view } = house([VAD, WAKE], 400);
    const vad = await during(residency.lease("silero/vad", DEADLINE));
    const wake = await during(residency.lease("oww/wake", DEADLINE));
    expect(machine.spawned).toEqual(["shared"]);
    expect(vad.worker).toBe(wake.worker);
    // Of the process's own 20 MiB and the first model's 6, the share of the process is set at 16.
    expect(view("silero/vad").memoryBytes).toBe(10 * MIB);
    expect(view("oww/wake").memoryBytes).toBe(12 * MIB);
    await during(residency.measure());
    expect(residency.view().measuredBytes).toBe(38 * MIB);
    expect(residency.view().reservedBytes).toBeLessThan(MIB);
  });

  it("load one after the other", async () => {
    const { residency, during, machine, reaches, view } = house([VAD, WAKE], 400);
    const open = machine.holdLoads("silero/vad");
    const first = residency.lease("silero/vad", DEADLINE);
    const second = residency.lease("oww/wake", DEADLINE);
    await reaches("silero/vad", "loading");
    await reaches("oww/wake", "loading");
    expect([...(machine.workers[0]?.models.keys() ?? [])]).toEqual([]);
    open();
    await during(Promise.all([first, second]));
    expect([...(machine.workers[0]?.models.keys() ?? [])]).toEqual(["silero/vad", "oww/wake"]);
    expect(view("oww/wake").state).toBe("ready");
  });

  it("leave one by one, and the process with the last", async () => {
    const { residency, during, machine, view } = house([VAD, WAKE], 400);
    (await during(residency.lease("silero/vad", DEADLINE))).release();
    (await during(residency.lease("oww/wake", DEADLINE))).release();
    await during(residency.unload("silero/vad"));
    expect(machine.living).toHaveLength(1);
    expect(view("oww/wake").state).toBe("ready");
    await during(residency.unload("oww/wake"));
    expect(machine.living).toEqual([]);
    expect(residency.view()).toMatchObject({ measuredBytes: 0, reservedBytes: 0 });
  });

  it("keep counting what a departed model has left behind", async () => {
    const { residency, during, machine } = house([VAD, WAKE], 400);
    (await during(residency.lease("silero/vad", DEADLINE))).release();
    (await during(residency.lease("oww/wake", DEADLINE))).release();
    machine.worker("oww/wake").swell(30);
    await during(residency.measure());
    await during(residency.unload("silero/vad"));
    const { measuredBytes, reservedBytes } = residency.view();
    expect(measuredBytes + reservedBytes).toBeGreaterThanOrEqual(machine.living[0]?.bytes ?? 1e12);
  });

  it("all fail when their process crashes, and all come back", async () => {
    const { residency, during, machine, reaches } = house([VAD, WAKE], 400);
    const preload = { reason: "preload", mayEvict: "nobody", deadlineMs: 0 } as const;
    await during(residency.warmUp("silero/vad", preload));
    await during(residency.warmUp("oww/wake", preload));
    machine.worker("oww/wake").crash("SIGABRT");
    await reaches("silero/vad", "ready");
    await reaches("oww/wake", "ready");
    expect(machine.spawned).toEqual(["shared", "shared"]);
  });

  it("survive a neighbour that cannot load", async () => {
    const bad = resident(
      "bad/wake",
      { capability: "wake", steadyMiB: 5, fails: "load" },
      { isolation: "shared" },
    );
    const { residency, during, view, machine } = house([VAD, bad], 400);
    const lease = await during(residency.lease("silero/vad", DEADLINE));
    await expect(during(residency.lease("bad/wake", DEADLINE))).rejects.toThrow("The library says no.");
    expect(view("silero/vad")).toMatchObject({ state: "ready", leases: 1 });
    expect(machine.spawned).toEqual(["shared"]);
    lease.release();
  });
});

describe("close", () => {
  it("ends all workers and tells those who wait", async () => {
    const { residency, during, machine, reaches, view } = house([A, B, C], 1000);
    (await during(residency.lease("whisper/a", DEADLINE))).release();
    const held = await during(residency.lease("piper/c", DEADLINE));
    machine.holdLoads("moonshine/b");
    const waiting = residency.lease("moonshine/b", DEADLINE);
    waiting.catch(() => undefined);
    await reaches("moonshine/b", "loading");
    await during(residency.close());
    await expect(waiting).rejects.toMatchObject({ code: expect.stringMatching(/cancelled|worker-crashed/) });
    expect(machine.living).toEqual([]);
    expect(view("whisper/a").state).toBe("cold");
    held.release();
    await expect(residency.lease("whisper/a", DEADLINE)).rejects.toMatchObject({ code: "cancelled" });
  });
});
