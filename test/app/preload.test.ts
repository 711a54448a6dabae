import { describe, expect, it, onTestFinished } from "vitest";
import { CatalogLadder } from "../../src/app/catalog-ladder.js";
import { Preload } from "../../src/app/preload.js";
import { Reach } from "../../src/app/reach.js";
import { planFor } from "../../src/app/warm-up-plan.js";
import { BudgetError } from "../../src/base/errors.js";
import { Catalog } from "../../src/catalog/catalog.js";
import type { ModelManifest } from "../../src/catalog/manifest.js";
import { buildConfig } from "../../src/config/check.js";
import { namesIn } from "../../src/config/option.js";
import type { Footprint } from "../../src/residency/footprint.js";
import { HandClock } from "../fixtures/hand-clock.js";
import { manifest } from "../fixtures/manifests.js";
import { recordingLogger } from "../fixtures/recording-logger.js";

const memory = (megabytes: number) => ({ loadPeakBytes: megabytes * 1e6, steadyBytes: megabytes * 1e6 });
const LARGE = manifest({ id: "whisper/small", quality: 80, memory: memory(380) });
const SMALL = manifest({ id: "whisper/tiny", quality: 40, memory: memory(100) });
const VOICE = manifest({ id: "piper/voice", capability: "tts", quality: 60, memory: memory(80) });
const SYSTEM = manifest({
  id: "espeak/espeak-ng",
  capability: "tts",
  quality: 20,
  memory: memory(10),
  files: [],
});
const ALL = [LARGE, SMALL, VOICE, SYSTEM];

/** A preload in a house whose residency records what it is asked for. */
function preloadWith(budgetBytes: number, settings: Readonly<Record<string, unknown>> = {}) {
  const warmed: string[] = [];
  const read: string[] = [];
  const rehearsed: string[] = [];
  const refused = new Set<string>();
  /** What a load will show, and what loads have shown. */
  const measured = new Map<string, number>();
  const learned = new Map<string, number>();
  const listeners = new Set<(view: { id: string; state: string }) => void>();
  const config = buildConfig([{ language: "en", models: { offline: true }, ...settings }]);
  const catalog = new Catalog(ALL);
  const log = recordingLogger();
  const usable = new Set(["whisper", "piper", "espeak"]);
  const budget = { bytes: budgetBytes, reason: "as configured" };
  const ladder = new CatalogLadder(() => ({
    catalog,
    board: { memoryBudgetBytes: budgetBytes, cores: 4, cpuFlags: ["asimddp"], arch: "arm64" },
    language: "en",
    wanted: { stt: namesIn(config.stt)[0] ?? "auto", tts: config.tts },
    wakeWords: [],
    providers: usable,
    sizeOf: () => "auto",
    present: new Set(ALL.map(({ id }) => id)),
    reachable: () => true,
    offline: true,
    standIn: (id) => preload.standIn(id),
  }));
  const footprintOf = (id: string): Footprint | undefined => {
    const bytes = learned.get(id);
    if (bytes === undefined) return undefined;
    const figure = { average: bytes, max: bytes };
    const ms = { average: 1, max: 1 };
    const sizes = { loadPeakBytes: figure, steadyBytes: figure, inferencePeakBytes: figure };
    return { samples: 1, ...sizes, loadMs: ms, warmUpMs: ms, updatedAtMs: 0 };
  };
  const preload = new Preload({
    settings: () => config,
    catalog,
    ladder,
    reach: new Reach((url) => url),
    isPresent: () => true,
    usable,
    residency: {
      isReady: (id) => warmed.includes(id),
      warmUp: async (id) => {
        if (refused.has(id)) throw new BudgetError("over-budget", "Others took the memory.");
        for (const listener of [...listeners]) listener({ id, state: "warming" });
        warmed.push(id);
        const bytes = measured.get(id);
        if (bytes !== undefined) learned.set(id, bytes);
      },
      warmFiles: async (ids) => void read.push(...ids),
      on: (_, listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    plan: (decision) => planFor(decision, { catalog, ladder, budget, footprintOf, growthOf: () => 1 }),
    rehearse: async (voices) => void rehearsed.push(...voices.map(({ id }) => id)),
    clock: new HandClock(),
    log,
  });
  onTestFinished(() => preload.close());
  const plan = async () =>
    planFor(await preload.foresee(), { catalog, ladder, budget, footprintOf, growthOf: () => 1 });
  const choice = (capability: string) =>
    preload.state().choices.find((each) => each.capability === capability);
  return { preload, plan, warmed, read, rehearsed, refused, measured, ladder, log, choice };
}

const ids = (models: readonly { readonly model: string }[]) => models.map(({ model }) => model);
const answers = (ladder: CatalogLadder, capability: "stt" | "tts"): ModelManifest | undefined =>
  ladder.ladder(capability, {})[0];

describe("the preload", () => {
  it("warms what the plan says, in its order", async () => {
    const { preload, plan, warmed } = preloadWith(2e9);
    const foreseen = await plan();
    await preload.start();
    expect(ids(foreseen.loads)).toEqual([LARGE.id, VOICE.id]);
    expect(warmed).toEqual(ids(foreseen.loads));
    expect(preload.state()).toMatchObject({ wanted: new Set(warmed), lacking: [] });
  });

  it("is done only after voices that are ready have rehearsed", async () => {
    const { preload, rehearsed, refused } = preloadWith(2e9);
    refused.add(LARGE.id);
    const states: boolean[] = [];
    preload.onChange(() => states.push(preload.state().rehearsed));
    await preload.start();
    expect(rehearsed).toEqual([VOICE.id]);
    expect([states[0], states.at(-1)]).toEqual([false, true]);
  });

  it("lets a smaller model answer where the plan has put it in the place of the best", async () => {
    const { preload, plan, warmed, ladder, choice } = preloadWith(510e6);
    const foreseen = await plan();
    await preload.start();
    expect(foreseen.loads).toMatchObject([{ model: LARGE.id }, { model: SYSTEM.id, insteadOf: VOICE.id }]);
    expect(warmed).toEqual([LARGE.id, SYSTEM.id]);
    expect(answers(ladder, "tts")).toBe(SYSTEM);
    expect(choice("tts")).toMatchObject({ model: SYSTEM.id, why: expect.stringContaining("does not fit") });
    // Chosen by us, not missed by anybody.
    expect(preload.state().lacking).toEqual([]);
    // Who asks for it by name gets it all the same.
    expect(ladder.ladder("tts", { wanted: VOICE.id })[0]).toBe(VOICE);
  });

  it("says so where the model a user has named does not fit beside the others", async () => {
    const { preload, warmed, ladder } = preloadWith(510e6, { tts: VOICE.id });
    await preload.start();
    expect(warmed).toEqual([LARGE.id, SYSTEM.id]);
    expect(answers(ladder, "tts")).toBe(VOICE);
    expect(preload.state().lacking).toEqual([expect.stringContaining("which does not fit")]);
  });

  it("does not try what the plan leaves out, and says why", async () => {
    const providers = { tts: { piper: { preload_models: true } } };
    const { preload, plan, warmed, log } = preloadWith(480e6, { providers, tts: "espeak" });
    const { leftOut } = await plan();
    await preload.start();
    expect(ids(leftOut)).toEqual([SYSTEM.id, VOICE.id]);
    expect(warmed).toEqual([LARGE.id]);
    expect(preload.state().lacking).toEqual(leftOut.map(({ why }) => why));
    const warnings = log.lines.flatMap(({ level, message }) => (level === "warn" ? [message] : []));
    for (const { why } of leftOut) expect(warnings).toContain(why);
  });

  it("has a second look at what was left out once the others are measured", async () => {
    const { preload, plan, warmed, measured } = preloadWith(130e6, { stt: SMALL.id, tts: SYSTEM.id });
    measured.set(SMALL.id, 60e6);
    expect(await plan()).toMatchObject({ loads: [{ model: SMALL.id }], leftOut: [{ model: SYSTEM.id }] });
    await preload.start();
    expect(warmed).toEqual([SMALL.id, SYSTEM.id]);
    expect(preload.state()).toMatchObject({ wanted: new Set(warmed), lacking: [] });
    expect(ids((await plan()).loads)).toEqual(warmed);
  });

  it("takes a smaller model when others have taken the memory since the plan was made", async () => {
    const { preload, refused, warmed } = preloadWith(2e9);
    refused.add(LARGE.id);
    await preload.start();
    expect(warmed).toEqual([SMALL.id, VOICE.id]);
  });

  it("has the next model's files read while one warms up, and then those of the ones to fall back on", async () => {
    const { preload, read } = preloadWith(2e9);
    await preload.start();
    expect(read).toEqual([VOICE.id, SMALL.id]);
  });
});
