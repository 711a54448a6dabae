import { describe, expect, it } from "vitest";
import { EngineError, WorkerError } from "../../src/base/errors.js";
import { silentLogger } from "../../src/base/logger.js";
import { Descent } from "../../src/sessions/ladder.js";
import { RequestLog } from "../../src/sessions/request-log.js";
import { HandClock } from "../fixtures/hand-clock.js";
import { manifestOf, ScriptedLeaser, type ScriptedModel, speechToText } from "../fixtures/scripted-leaser.js";
import { gate, turn } from "../fixtures/voice-pieces.js";

const model = (id: string, change: Partial<ScriptedModel> = {}): ScriptedModel => ({
  id,
  title: id.toUpperCase(),
  loaded: speechToText(),
  ...change,
});
const broken = () => {
  throw new EngineError("engine-load-failed", "The file is damaged.");
};
const forever = () => gate().promise;
const { signal: never } = new AbortController();

function setUp(...models: ScriptedModel[]) {
  const clock = new HandClock();
  const leaser = new ScriptedLeaser(clock, models);
  const requests = new RequestLog({ clock, log: silentLogger, changed: () => undefined });
  const trace = requests.begin("transcribe", { gateway: "cli" });
  const leftMs = () => 60_000 - clock.monotonicMs();
  const descent = new Descent({ leaser, rungs: models.map(manifestOf), trace, leftMs });
  return { clock, leaser, descent, trace: () => requests.snapshot().recent[0] };
}

describe("Descent", () => {
  it("stands on the wanted model without calling it degraded", async () => {
    const { descent, leaser, trace } = setUp(model("a"), model("b"));
    const footing = await descent.step(never);
    expect(footing.manifest.id).toBe("a");
    expect(footing).not.toHaveProperty("degraded");
    expect(trace()).toMatchObject({ model: "a", stages: [{ name: "waiting for model" }] });
    expect(leaser.asked).toEqual(["a"]);
  });

  it("takes the next model when the wanted one cannot be loaded, and says why", async () => {
    const { descent, leaser, trace } = setUp(model("a", { load: broken }), model("b"));
    const footing = await descent.step(never);
    const degraded = "B answers instead of A. a: The file is damaged.";
    expect(footing).toMatchObject({ manifest: { id: "b" }, degraded });
    expect(trace()).toMatchObject({ model: "b", degraded });
    expect(leaser.held).toBe(1);
  });

  it("is patient with a slow model for eight seconds when a lower one is ready", async () => {
    const { descent, clock, leaser } = setUp(model("a", { ready: false, load: forever }), model("b"));
    const step = descent.step(never);
    await clock.waitedFor(8_000);
    clock.advance(8_000);
    expect((await step).degraded).toBe("B answers instead of A. a: a did not become ready.");
    expect(leaser.deadlinesMs).toEqual([8_000, 52_000]);
  });

  it("waits for a slow model as long as it may when no lower one is ready", async () => {
    const slow = gate();
    const { descent, leaser } = setUp(
      model("a", { ready: false, load: () => slow.promise }),
      model("b", { ready: false }),
    );
    const step = descent.step(never);
    await turn();
    expect(leaser.deadlinesMs).toEqual([60_000]);
    slow.open();
    expect((await step).manifest.id).toBe("a");
  });

  it("passes by models that are not ready once the time is up", async () => {
    const { descent, clock, leaser } = setUp(
      model("a", { load: broken }),
      model("b", { ready: false }),
      model("c"),
    );
    clock.advance(60_000);
    const footing = await descent.step(never);
    expect(footing.degraded).toBe("C answers instead of A. b was not ready in time.");
    expect(leaser.asked).toEqual(["a", "c"]);
  });

  it("tells an empty ladder from one where nothing became ready", async () => {
    await expect(setUp().descent.step(never)).rejects.toMatchObject({ code: "no-model" });
    const { descent, clock } = setUp(model("a", { ready: false }));
    clock.advance(60_000);
    await expect(descent.step(never)).rejects.toMatchObject({ code: "deadline" });
  });

  it("throws what the last rung threw", async () => {
    const { descent, leaser } = setUp(model("a", { load: broken }));
    await expect(descent.step(never)).rejects.toMatchObject({ code: "engine-load-failed" });
    expect(leaser.held).toBe(0);
  });

  it("tries a model whose process died once more, and only once", async () => {
    const { descent, leaser } = setUp(model("a"), model("b"));
    const died = new WorkerError("worker-crashed", "It crashed.");
    for (const expected of ["a", "a", "b"]) {
      const footing = await descent.step(never);
      expect(footing.manifest.id).toBe(expected);
      footing.lease.release();
      descent.fell(footing.manifest, died);
    }
    expect(leaser.asked).toEqual(["a", "a", "b"]);
    expect((await descent.step(never)).degraded).toBe("B answers instead of A. b: It crashed.");
    await expect(descent.step(never)).rejects.toBe(died);
  });

  it("does not try a model again that refused the input", async () => {
    const { descent } = setUp(model("a"), model("b"));
    const { manifest } = await descent.step(never);
    descent.fell(manifest, new EngineError("engine-failed", "The input is odd."));
    expect((await descent.step(never)).degraded).toBe("B answers instead of A. a: The input is odd.");
  });

  it("goes no further when the request goes away while it waits", async () => {
    const { descent, leaser } = setUp(model("a", { load: forever }), model("b"));
    const abort = new AbortController();
    const step = descent.step(abort.signal);
    await turn();
    abort.abort(new Error("gone"));
    await expect(step).rejects.toThrow("gone");
    expect(leaser.asked).toEqual(["a"]);
    await expect(descent.step(abort.signal)).rejects.toThrow("gone");
  });

  it("gives back a lease that is granted in the moment the request goes away", async () => {
    const abort = new AbortController();
    const clock = new HandClock();
    const late = new ScriptedLeaser(clock, [model("a")]);
    // A leaser that had already decided when the abort came.
    const deaf = {
      isReady: () => true,
      prefetch: () => undefined,
      lease: async (id: string) => {
        const lease = await late.lease(id, { deadlineMs: 1_000 });
        abort.abort(new Error("gone"));
        return lease;
      },
    };
    const requests = new RequestLog({ clock, log: silentLogger, changed: () => undefined });
    const trace = requests.begin("transcribe", { gateway: "cli" });
    const descent = new Descent({
      leaser: deaf,
      rungs: [manifestOf(model("a"))],
      trace,
      leftMs: () => 1_000,
    });
    await expect(descent.step(abort.signal)).rejects.toThrow("gone");
    expect(late.asked).toEqual(["a"]);
    expect(late.held).toBe(0);
  });
});
