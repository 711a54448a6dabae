import { describe, expect, it } from "vitest";
import { CatalogLadder } from "../../src/app/catalog-ladder.js";
import { type ForeseeFacts, foresee } from "../../src/app/foresee.js";
import { Catalog } from "../../src/catalog/catalog.js";
import { CAPABILITIES } from "../../src/catalog/manifest.js";
import { manifest } from "../fixtures/manifests.js";

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
const FOREIGN = manifest({ id: "vosk/ru_small", languages: ["ru"] });

function look({
  budget = 500e6,
  wanted = [LARGE, VOICE],
  present = [],
  silent = [],
  commands,
}: {
  readonly budget?: number;
  readonly wanted?: readonly { readonly id: string }[];
  readonly present?: readonly string[];
  readonly silent?: readonly string[];
  readonly commands?: ForeseeFacts["commands"];
} = {}) {
  const catalog = new Catalog([LARGE, SMALL, VOICE, SYSTEM, FOREIGN, ...(commands ? [commands] : [])]);
  const isReachable = ({ id }: { readonly id: string }) => !silent.includes(id);
  const ladder = new CatalogLadder(() => ({
    catalog,
    board: { memoryBudgetBytes: budget, cores: 4, cpuFlags: ["asimddp"], arch: "arm64" },
    language: "en",
    wanted: {},
    wakeWords: [],
    providers: new Set(["whisper", "piper", "espeak", "vosk"]),
    sizeOf: () => "auto",
    present: new Set(present),
    reachable: isReachable,
    offline: false,
  }));
  const facts: ForeseeFacts = {
    language: "en",
    budget: { bytes: budget, reason: "as configured" },
    ladder,
    wanted: new Map(wanted.map(({ id }) => [id, "choice for en"])),
    choices: CAPABILITIES.map((capability) => {
      const { language, rungs, why } = ladder.choose(capability, {});
      return { capability, language, model: rungs[0]?.id, why };
    }),
    automatic: new Set([LARGE.id, VOICE.id]),
    commands,
    catalog,
    isPresent: (id) => present.includes(id),
    isReachable,
    footprintOf: () => undefined,
    growthOf: () => 1,
  };
  return foresee(facts);
}

const LISTENER = { ...SMALL, id: "vosk/en_small", title: "Vosk Small", provider: "vosk" };

describe("looking ahead", () => {
  it("says for each capability who answers, who instead, and who is left out", () => {
    const { answers } = look({ budget: 300e6 });
    expect(answers.map(({ capability, model }) => [capability, model])).toEqual([
      ["vad", undefined],
      ["wake", undefined],
      ["stt", "whisper/tiny"],
      ["tts", "piper/voice"],
    ]);
    expect(answers[2]?.leftOut).toEqual([
      { id: "whisper/small", why: "needs 380 MB of the 300 MB for models" },
    ]);
    expect(answers[3]?.fallbacks).toEqual(["espeak/espeak-ng"]);
  });

  it("lists the loads in their order, and fits in a smaller model where the wanted one does not", () => {
    const { warmUp } = look({ budget: 510e6, wanted: [VOICE, LARGE] });
    expect(warmUp.loads.map(({ model, insteadOf }) => [model, insteadOf])).toEqual([
      ["whisper/small", undefined],
      ["espeak/espeak-ng", "piper/voice"],
    ]);
    expect(warmUp.totalBytes).toBeLessThanOrEqual(510e6);
  });

  it("never puts a larger model in the place of a smaller", () => {
    const { warmUp } = look({ budget: 100e6, wanted: [SMALL] });
    expect(warmUp.loads).toEqual([]);
    expect(warmUp.leftOut).toMatchObject([{ model: "whisper/tiny" }]);
  });

  it("names what has to be fetched first, and what cannot be fetched now", () => {
    const all = { budget: 2e9, wanted: [LARGE, VOICE, SYSTEM] };
    expect(look({ ...all, present: ["piper/voice"] }).downloads).toEqual([
      { model: "whisper/small", bytes: 50e6, reachable: true },
    ]);
    expect(look({ ...all, silent: ["whisper/small", "whisper/tiny"] }).downloads).toMatchObject([
      { model: "whisper/small", reachable: false },
      { model: "piper/voice", reachable: true },
    ]);
  });

  it("puts who listens for commands behind all others, and takes nobody in its place", () => {
    const commands = LISTENER;
    const roomy = look({ budget: 2e9, wanted: [LARGE, VOICE], commands });
    expect(roomy.commands).toMatchObject({ model: LISTENER.id, fits: true });
    expect(roomy.downloads.map(({ model }) => model)).toContain(LISTENER.id);
    const {
      warmUp,
      commands: planned,
      downloads,
    } = look({ budget: 510e6, wanted: [VOICE, LARGE], commands });
    expect(warmUp.loads.map(({ model }) => model)).toEqual(["whisper/small", "espeak/espeak-ng"]);
    expect(planned).toMatchObject({ fits: false });
    expect(planned?.sentence).toMatch(
      /^nobody: .* needs .* MB, and .* MB are left beside the others; all is dictated$/,
    );
    expect(downloads.map(({ model }) => model)).not.toContain(LISTENER.id);
    expect(look({ budget: 2e9, wanted: [LARGE], commands: LARGE }).commands?.sentence).toContain(
      "loaded anyway",
    );
    expect(look().commands).toBeUndefined();
  });

  it("leaves models of other languages out of the talk, also when their sources are silent", () => {
    const { answers } = look({ silent: ["vosk/ru_small", "whisper/small"] });
    expect(answers[2]?.leftOut).toEqual([{ id: "whisper/small", why: "its source does not answer now" }]);
  });
});
