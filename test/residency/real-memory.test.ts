import { describe, expect, it, onTestFinished, vi } from "vitest";
import type { Clock } from "../../src/base/clock.js";
import { systemClock } from "../../src/base/clock.js";
import { WorkerError } from "../../src/base/errors.js";
import { MIB } from "../../src/base/units.js";
import { FootprintBook } from "../../src/residency/footprint-book.js";
import { KernelMemoryProbe } from "../../src/residency/memory/memory-probe.js";
import { Residency } from "../../src/residency/residency.js";
import type { ResidentModel } from "../../src/residency/resident-model.js";
import { ProcessSpawner } from "../../src/workers/spawner.js";
import type { AllocatingParams } from "../fixtures/allocating-worker.js";
import { HandClock } from "../fixtures/hand-clock.js";
import { manifest } from "../fixtures/manifests.js";
import { canLimitMemory, insideMemoryGroup } from "../fixtures/memory-group.js";
import { recordingLogger } from "../fixtures/recording-logger.js";
import { PretendStore, turns } from "../fixtures/residency-house.js";
import { fixtureProgram } from "../fixtures/workers.js";

/** What the process takes itself: Node with a loader for TypeScript. */
const PROCESS_MIB = 70;
const DEADLINE = { deadlineMs: 60_000 };

function allocator(id: string, params: AllocatingParams, estimateMiB?: number): ResidentModel {
  const estimate = (estimateMiB ?? (params.loadPeakMiB ?? params.steadyMiB) + PROCESS_MIB) * MIB;
  return {
    manifest: manifest({
      id,
      provider: "allocator",
      files: [],
      memory: { loadPeakBytes: estimate, steadyBytes: estimate },
      params: { ...params },
    }),
    title: "Allocator",
    isolation: "own",
    settings: {},
    threads: 1,
    arena: true,
    keepAliveSeconds: -1,
    pinned: false,
    priority: 1,
  };
}

function residencyOf(models: readonly ResidentModel[], budgetMiB: number, clock: Clock = systemClock) {
  const log = recordingLogger();
  const book = new FootprintBook({ clock, logger: log, board: "test" });
  const probe = new KernelMemoryProbe();
  const residency = new Residency({
    models,
    budget: { bytes: budgetMiB * MIB, reason: "as configured" },
    store: new PretendStore(),
    spawner: new ProcessSpawner({
      program: fixtureProgram("allocating-worker.ts", ["--expose-gc"]),
      clock,
      logger: log,
    }),
    probe,
    book,
    clock,
    logger: log,
  });
  residency.start();
  onTestFinished(() => residency.close());
  return { residency, probe, book, log };
}

describe.skipIf(process.platform !== "linux")(
  "residency with processes that really take memory (on Linux)",
  () => {
    it("tells the peak of loading, the steady state and the peak of inference apart", async () => {
      const model = allocator("x/peaky", { steadyMiB: 60, loadPeakMiB: 200, inferencePeakMiB: 120 });
      const { residency, probe } = residencyOf([model], 800);
      const lease = await residency.lease("x/peaky", DEADLINE);
      const now = await probe.process(lease.worker.pid);
      const own = (now?.bytes ?? 0) - 60 * MIB;
      expect(own).toBeGreaterThan(10 * MIB);
      expect(own).toBeLessThan(PROCESS_MIB * MIB);
      // The last measurement may still show what warming took.
      await vi.waitFor(async () => {
        await residency.measure();
        const { measuredBytes, reservedBytes } = residency.view();
        // Promised is the peak of inference, no longer that of loading.
        expect(Math.abs(measuredBytes + reservedBytes - own - 120 * MIB)).toBeLessThan(25 * MIB);
        expect(Math.abs(measuredBytes - own - 60 * MIB)).toBeLessThan(25 * MIB);
      }, DEADLINE.deadlineMs / 2);
      // A worker counts as lasting after a second.
      await vi.waitFor(async () => {
        await residency.measure();
        const whole = (await probe.process(process.pid))?.bytes ?? 0;
        expect(residency.view().ownBytes, "the worker is none of our own").toBeLessThan(whole - 60 * MIB);
      }, DEADLINE.deadlineMs / 2);
      lease.release();
      await residency.unload("x/peaky");
      const { memoryBytes, memorySource } = residency.view().models[0] ?? {};
      expect(memorySource).toBe("learned");
      expect(Math.abs((memoryBytes ?? 0) - own - 120 * MIB)).toBeLessThan(25 * MIB);
      expect(residency.view()).toMatchObject({ measuredBytes: 0, reservedBytes: 0 });
    });

    it("keeps what all processes really hold inside the budget while models take turns", async () => {
      const sizes = [60, 90, 120];
      const models = sizes.map((steadyMiB, index) => allocator(`x/m${index}`, { steadyMiB }));
      const budgetMiB = 340;
      const { residency, probe, log } = residencyOf(models, budgetMiB);
      const pids = new Set<number>();
      let most = 0;
      const measure = async () => {
        const all = await Promise.all([...pids].map((pid) => probe.process(pid)));
        most = Math.max(
          most,
          all.reduce((sum, memory) => sum + (memory?.bytes ?? 0), 0),
        );
      };
      for (let request = 0; request < 9; request++) {
        const lease = await residency.lease(`x/m${request % 3}`, DEADLINE);
        pids.add(lease.worker.pid);
        await measure();
        const channel = await lease.worker.openSpeech(lease.model, {});
        expect((await channel.finish()).text).toBe(`${(sizes[request % 3] ?? 0) * MIB} bytes`);
        await measure();
        lease.release();
      }
      expect(most).toBeGreaterThan(150 * MIB);
      expect(most).toBeLessThanOrEqual(budgetMiB * MIB);
      expect(pids.size).toBeGreaterThan(3);
      expect(log.lines.filter(({ message }) => /^Unloading .* needs its memory; /.test(message)).length).toBe(
        pids.size - residency.view().models.filter(({ state }) => state === "ready").length,
      );
    });

    it("ends a load soon that takes far more than was set aside for it", async () => {
      // The catalog says 100 MiB; the model takes nine times as much, in four seconds.
      const liar = allocator("x/liar", { steadyMiB: 900, how: "slowly" }, 100);
      const { residency, log } = residencyOf([liar], 300);
      let most = 0;
      const stop = residency.on("totals", ({ measuredBytes }) => {
        most = Math.max(most, measuredBytes);
      });
      await expect(residency.lease("x/liar", DEADLINE)).rejects.toMatchObject({ code: "over-budget" });
      stop();
      expect(most).toBeGreaterThan(150 * MIB);
      expect(most).toBeLessThan(700 * MIB);
      expect(log.lines.map(({ message }) => message).join()).toContain("It was stopped");
      expect(residency.view()).toMatchObject({ measuredBytes: 0, reservedBytes: 0 });
      // Now that it is known, it is refused before it starts.
      const again = residency.warmUp("x/liar", { reason: "again", mayEvict: "anyone", deadlineMs: 1000 });
      await expect(again).rejects.toMatchObject({ code: "larger-than-budget" });
    });

    it("ends a process that stands still, and answers with a new one", async () => {
      const clock = new HandClock();
      clock.advance(1_000_000);
      const { residency } = residencyOf([allocator("x/still", { steadyMiB: 20 })], 400, clock);
      const lease = await residency.lease("x/still", { deadlineMs: 500_000 });
      const channel = await lease.worker.openSpeech("x/still", {});
      process.kill(lease.worker.pid, "SIGSTOP");
      const answer = channel.finish().catch((error: unknown) => error);
      clock.advance(31_000);
      await turns();
      clock.advance(1000);
      expect(await answer).toBeInstanceOf(WorkerError);
      await lease.worker.exited;
      lease.release();
      const again = await residency.lease("x/still", { deadlineMs: 500_000 });
      expect(again.worker.pid).not.toBe(lease.worker.pid);
      again.release();
    });

    it("gives up on a model that crashes each time it computes, until it is asked again", async () => {
      const clock = new HandClock();
      const { residency } = residencyOf([allocator("x/crash", { steadyMiB: 20, how: "crash" })], 400, clock);
      for (const waitMs of [10_000, 20_000, Number.POSITIVE_INFINITY]) {
        await expect(residency.lease("x/crash", { deadlineMs: 500_000 })).rejects.toMatchObject({
          code: "worker-crashed",
          message: /SIGABRT/,
        });
        const { state, retryAtMs = 0 } = residency.view().models[0] ?? {};
        expect(state).toBe("failed");
        expect(retryAtMs).toBeGreaterThanOrEqual(clock.nowMs() + waitMs);
        clock.advance(25_000);
      }
      await expect(residency.retry("x/crash")).rejects.toThrow(/SIGABRT/);
      expect(residency.view().models[0]?.retryAtMs).toBeLessThan(Number.POSITIVE_INFINITY);
    });

    it.skipIf(!canLimitMemory)(
      "knows a kill for want of memory and sets more aside (as root, with memory groups of version 1)",
      async () => {
        await insideMemoryGroup(400 * MIB, async (group) => {
          // The catalog says 100 MiB; the model takes ten times as much, more than the group may have.
          const { residency, book } = residencyOf([allocator("x/liar", { steadyMiB: 1000 }, 100)], 1000);
          await expect(residency.lease("x/liar", DEADLINE)).rejects.toMatchObject({
            code: "worker-out-of-memory",
            message:
              "x/liar was ended because memory ran out; from now on a quarter more is set aside for it.",
          });
          expect(group.oomKills()).toBe(1);
          expect(residency.view()).toMatchObject({ measuredBytes: 0, reservedBytes: 0 });
          expect(residency.view().models[0]).toMatchObject({ state: "failed" });
          await book.flush();
          await residency.close();
        });
      },
    );

    it.skipIf(!canLimitMemory)(
      "does not load what the group has no room for, and says so (as root, with memory groups of version 1)",
      async () => {
        await insideMemoryGroup(300 * MIB, async (group) => {
          const { residency } = residencyOf([allocator("x/large", { steadyMiB: 300 })], 1000);
          await expect(
            residency.warmUp("x/large", { reason: "preload", mayEvict: "nobody", deadlineMs: 0 }),
          ).rejects.toThrow(/needs 485 MB, but the container may use 315 MB and uses/);
          expect(group.oomKills()).toBe(0);
          await residency.close();
        });
      },
    );
  },
);
