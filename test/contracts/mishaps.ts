import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { EngineError, WorkerError } from "../../src/base/errors.js";
import type { LoadSpec } from "../../src/engines/capability.js";
import type { ModelWorker } from "../../src/workers/model-worker.js";
import { DEFAULT_LIMITS } from "../../src/workers/worker-process.js";
import { HandClock } from "../fixtures/hand-clock.js";
import { endWorkers, loadSpec, startWorker } from "../fixtures/workers.js";
import { LOAD_MS, programOf, type Subject, titleOf } from "./subject.js";

export interface MishapSubject extends Subject {
  /** Roles of the model's ONNX files. */
  readonly onnxRoles: readonly string[];
  /** A sound ONNX file of quite another model. */
  readonly otherOnnx: string | undefined;
  /** Something that keeps the model busy for a moment. */
  readonly work: (worker: ModelWorker, model: string) => Promise<unknown>;
}

type Damage = readonly [name: string, apply: (bytes: Buffer, other: Buffer) => Buffer];

const DAMAGES: readonly Damage[] = [
  ["is empty", () => Buffer.alloc(0)],
  ["is cut in the middle", (bytes) => bytes.subarray(0, bytes.length >> 1)],
  ["lacks its last byte", (bytes) => bytes.subarray(0, -1)],
  ["holds text", (bytes) => Buffer.alloc(bytes.length, "<!DOCTYPE html> not found ")],
  ["holds zeros", (bytes) => Buffer.alloc(bytes.length)],
  ["is a model of another kind", (_, other) => other],
];

/** What every provider with a model of files must survive, checked in real workers. */
export function mishapContract(subject: MishapSubject): void {
  describe.skipIf(!subject.spec)(titleOf(subject, "mishaps"), () => {
    const spec = subject.spec ?? loadSpec({ provider: "none" });
    const program = programOf(subject);
    const folders: string[] = [];

    afterEach(async () => {
      await endWorkers();
      for (const dir of folders.splice(0)) rmSync(dir, { recursive: true });
    });

    const withFile = (role: string, content: (bytes: Buffer) => Buffer): LoadSpec => {
      const dir = mkdtempSync(join(tmpdir(), "irene-mishap-"));
      folders.push(dir);
      const original = spec.paths[role] ?? "";
      const path = join(dir, basename(original));
      writeFileSync(path, content(readFileSync(original)));
      return { ...spec, paths: { ...spec.paths, [role]: path } };
    };

    for (const role of subject.onnxRoles) {
      it(`refuses every damaged ${role} file, and loads the sound one after all of them`, async () => {
        const worker = startWorker({ program });
        const other = subject.otherOnnx === undefined ? Buffer.from("none") : readFileSync(subject.otherOnnx);
        for (const [name, apply] of DAMAGES) {
          const refusal = await worker
            .load(
              withFile(role, (bytes) => apply(bytes, other)),
              LOAD_MS,
            )
            .catch((error: unknown) => error);
          expect(refusal, `${role} ${name}`).toBeInstanceOf(EngineError);
          expect(refusal, `${role} ${name}`).toMatchObject({ code: "engine-load-failed" });
        }
        await worker.load(spec, LOAD_MS);
      });

      it(`does not harm the parent when a ${role} file is sound only on the outside`, async () => {
        const worker = startWorker({ program });
        const outcome = await worker.load(withFile(role, scrambleMiddle), LOAD_MS).then(
          () => "loaded",
          (error: unknown) => error,
        );
        if (outcome !== "loaded") {
          expect(outcome instanceof EngineError || outcome instanceof WorkerError).toBe(true);
        }
      });
    }

    it("refuses a model whose file is missing", async () => {
      const worker = startWorker({ program });
      for (const role of Object.keys(spec.paths)) {
        const paths = { ...spec.paths, [role]: join(tmpdir(), "irene-no-such-file") };
        await expect(worker.load({ ...spec, paths }, LOAD_MS)).rejects.toMatchObject({
          code: "engine-load-failed",
          message: /missing/,
        });
      }
      await expect(worker.load({ ...spec, paths: {} }, LOAD_MS)).rejects.toMatchObject({
        code: "engine-load-failed",
      });
    });

    it("refuses a setting it does not have, by name", async () => {
      const worker = startWorker({ program });
      await expect(worker.load({ ...spec, settings: { typo: 1 } }, LOAD_MS)).rejects.toMatchObject({
        code: "engine-load-failed",
        message: /typo/,
      });
    });

    it("takes the settings that are for others", async () => {
      const worker = startWorker({ program });
      const settings = { enabled: true, preload_models: true, keep_alive: -1, model_path: "" };
      await worker.load({ ...spec, settings }, LOAD_MS);
    });

    it("rejects work in progress when the process is killed", async () => {
      const worker = startWorker({ program });
      await worker.load(spec, LOAD_MS);
      // Held still first, so that the kill finds the work unfinished.
      process.kill(worker.pid, "SIGSTOP");
      const work = subject.work(worker, spec.model).catch((error: unknown) => error);
      process.kill(worker.pid, "SIGKILL");
      expect(await work).toMatchObject({ name: "WorkerError", code: "worker-out-of-memory" });
      expect(await worker.exited).toMatchObject({ signal: "SIGKILL", expected: false });
    });

    it("is found hung when the process holds still", async () => {
      const clock = new HandClock();
      const worker = startWorker({ program, clock });
      await worker.load(spec, LOAD_MS);
      process.kill(worker.pid, "SIGSTOP");
      const work = subject.work(worker, spec.model).catch((error: unknown) => error);
      clock.advance(1000);
      expect(worker.oldestRequestMs()).toBe(1000);
      clock.advance(DEFAULT_LIMITS.answerMs);
      expect(await work).toMatchObject({ name: "WorkerError", code: "worker-hung" });
      expect(await worker.exited).toMatchObject({ signal: "SIGKILL" });
    });
  });
}

/** Other bytes in the middle third, where weights lie; beginning and end stay. */
function scrambleMiddle(bytes: Buffer): Buffer {
  const third = Math.floor(bytes.length / 3);
  for (let at = third; at < 2 * third; at++) bytes[at] = (at * 31 + 7) & 0xff;
  return bytes;
}
