import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { BudgetError } from "../../src/base/errors.js";
import { MIB } from "../../src/base/units.js";
import { house, resident, turns } from "../fixtures/residency-house.js";

const OLD = resident("piper/old", { capability: "tts", steadyMiB: 100 });
const NEW = resident("piper/new", { capability: "tts", steadyMiB: 120 });
const DEADLINE = { deadlineMs: 120_000 };

describe("a swap", () => {
  it("loads the new model beside the old one where both fit", async () => {
    const { residency, during, view, machine } = house([OLD, NEW], 400);
    const held = await during(residency.lease("piper/old", DEADLINE));
    const open = machine.holdLoads("piper/new");
    const swap = residency.swap("piper/old", "piper/new");
    await turns();
    expect(view("piper/old").state).toBe("ready");
    expect((await during(residency.lease("piper/old", DEADLINE))).model).toBe("piper/old");
    open();
    held.release();
    await during(swap);
    expect([view("piper/old").state, view("piper/new").state]).toEqual(["cold", "ready"]);
  });

  it("lets the old one go first where they do not fit, and no request fails meanwhile", async () => {
    const { residency, during, view, machine, until } = house([OLD, NEW], 200);
    const held = await during(residency.lease("piper/old", DEADLINE));
    const swap = residency.swap("piper/old", "piper/new");
    await until(() => view("piper/old").state === "draining");
    const during1 = residency.lease("piper/old", DEADLINE);
    held.release();
    await during(swap);
    const during2 = residency.lease("piper/new", DEADLINE);
    expect((await during(during1)).model).toBe("piper/new");
    expect((await during(during2)).model).toBe("piper/new");
    expect(machine.spawned).toEqual(["piper/old", "piper/new"]);
  });

  it("reads the new one's files while the old one's users finish", async () => {
    const file = join(mkdtempSync(join(tmpdir(), "swap-")), "model.onnx");
    writeFileSync(file, Buffer.alloc(3 * MIB));
    const { residency, during, store, log, until } = house([OLD, NEW], 200);
    store.paths = { model: file };
    const held = await during(residency.lease("piper/old", DEADLINE));
    const swap = residency.swap("piper/old", "piper/new");
    const read = () => log.lines.some(({ message }) => message === "Read 3.1 MB of piper/new ahead");
    await until(read);
    held.release();
    await during(swap);
    rmSync(dirname(file), { recursive: true });
  });

  it("brings the old one back when the new one cannot load, for those who waited as well", async () => {
    const broken = resident("piper/new", { capability: "tts", steadyMiB: 120, fails: "load" });
    const { residency, during, view, until, reaches } = house([OLD, broken], 200);
    const held = await during(residency.lease("piper/old", DEADLINE));
    const swap = residency.swap("piper/old", "piper/new");
    swap.catch(() => undefined);
    await until(() => view("piper/old").state === "draining");
    const waiting = residency.lease("piper/old", DEADLINE);
    held.release();
    await expect(during(swap)).rejects.toThrow("The library says no.");
    expect((await during(waiting)).model).toBe("piper/old");
    await reaches("piper/old", "ready");
  });

  it("keeps the old one when the new one can never fit", async () => {
    const huge = resident("piper/new", { capability: "tts", steadyMiB: 900 });
    const { residency, during, view } = house([OLD, huge], 200);
    (await during(residency.lease("piper/old", DEADLINE))).release();
    await expect(during(residency.swap("piper/old", "piper/new"))).rejects.toThrow(BudgetError);
    expect(view("piper/old").state).toBe("ready");
  });

  it("of a model with itself gives it a new process", async () => {
    const { residency, during, view, machine } = house([OLD], 200);
    (await during(residency.lease("piper/old", DEADLINE))).release();
    await during(residency.swap("piper/old", "piper/old"));
    expect(view("piper/old").state).toBe("ready");
    expect(machine.spawned).toEqual(["piper/old", "piper/old"]);
  });
});
