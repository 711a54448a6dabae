import { describe, expect, it } from "vitest";
import type { CatalogLadder } from "../../src/app/catalog-ladder.js";
import { Catalog } from "../../src/catalog/catalog.js";
import type { ModelManifest } from "../../src/catalog/manifest.js";
import { buildConfig } from "../../src/config/check.js";
import { manifest } from "../fixtures/manifests.js";
import { preloadHouse } from "../fixtures/preload-house.js";

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

/** A house with these few models, all on disk unless said otherwise. */
const preloadWith = (budgetBytes: number, settings: Readonly<Record<string, unknown>> = {}, onDisk = true) =>
  preloadHouse({
    onDisk,
    catalog: new Catalog(ALL),
    usable: new Set(["whisper", "piper", "espeak"]),
    config: buildConfig([{ language: "en", models: { offline: true }, ...settings }]),
    budgetBytes,
  });

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

  it("no longer says of a model that it is to be downloaded once it has been", async () => {
    const { preload, choice } = preloadWith(2e9, {}, false);
    preload.decide();
    expect(choice("stt")?.why).toContain("still to be downloaded");
    await preload.start();
    expect(choice("stt")?.why).toMatch(/^best of 2 .* needs 380 MB$/);
  });

  it("warms every model that is to hear each utterance", async () => {
    const several = preloadWith(2e9, { stt: [LARGE.id, SMALL.id, "no such model"] });
    await several.preload.start();
    expect(new Set(several.warmed)).toEqual(new Set([LARGE.id, SMALL.id, VOICE.id]));
    const none = preloadWith(2e9, { stt: [LARGE.id, SMALL.id], preload: false });
    await none.preload.start();
    expect(none.warmed).toEqual([]);
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
