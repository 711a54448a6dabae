import { describe, expect, it } from "vitest";
import { type ControlledProvider, ModelControls } from "../../src/app/model-controls.js";
import type { AssetState } from "../../src/assets/model-store.js";
import { Catalog } from "../../src/catalog/catalog.js";
import { aForesight } from "../fixtures/foresight.js";
import { manifest } from "../fixtures/manifests.js";
import { PretendStore } from "../fixtures/residency-house.js";

const MODELS = [
  manifest({ id: "whisper/tiny", quality: 40 }),
  manifest({ id: "whisper/base", quality: 50, aliases: ["standard"] }),
  manifest({ id: "silero_v3/v3_ru", capability: "tts", languages: ["ru"], aliases: ["silero/v3_ru"] }),
  manifest({ id: "espeak/espeak-ng", capability: "tts" }),
];

class CheckedStore extends PretendStore {
  next: AssetState = { name: "present", bytes: 1 };
  override check(): Promise<never> {
    // The pretend store knows only models that are present.
    return Promise.resolve(this.next as never);
  }
  collectGarbage(known: ReadonlySet<string>, remove: boolean) {
    return Promise.resolve([{ path: [...known].join(" "), bytes: 0, why: String(remove) }]);
  }
}

function controls({ ladder = MODELS }: { readonly ladder?: readonly (typeof MODELS)[number][] } = {}) {
  const asked: string[] = [];
  const note = (what: string) => async (model: string) => void asked.push(`${what} ${model}`);
  const store = new CheckedStore();
  const providers: readonly ControlledProvider[] = [
    { name: "whisper", title: "Whisper", available: async () => ({ ok: true }) },
    {
      name: "silero_v3",
      title: "Silero v3 TTS",
      available: async () => ({ ok: false, reason: "No PyTorch." }),
    },
    { name: "espeak", title: "eSpeak NG", available: async () => ({ ok: true }) },
    { name: "vosk", title: "VOSK ASR", available: async () => ({ ok: true }) },
  ];
  const made = new ModelControls({
    catalog: new Catalog(MODELS),
    store,
    residency: {
      warmUp: note("warm up"),
      unload: note("unload"),
      retry: note("retry"),
      pin: (model) => void asked.push(`pin ${model}`),
      unpin: (model) => void asked.push(`unpin ${model}`),
    },
    ladder: {
      hearing: () => [],
      ladder: (capability) => ladder.filter((model) => model.capability === capability),
    },
    usable: new Set(["whisper"]),
    plan: async () => aForesight(),
    use: async ({ capability, model }) => ({ capability, language: "en", model, former: undefined }),
    findProvider: (name) => providers.find((provider) => provider.name === name),
  });
  return { made, asked, store };
}

describe("finding a model by what people call it", () => {
  it.each([
    ["whisper/base", "whisper/base"],
    ["base", "whisper/base"],
    ["whisper/standard", "whisper/base"],
    ["silero/v3_ru", "silero_v3/v3_ru"],
    ["espeak", "espeak/espeak-ng"],
    ["silero_v3", "silero_v3/v3_ru"],
  ])("%s is %s", (name, id) => {
    expect(controls().made.find(name)).toBe(id);
  });

  it("takes of a provider the model it would answer with", () => {
    const [, base] = MODELS;
    expect(controls({ ladder: base ? [base] : [] }).made.find("whisper")).toBe("whisper/base");
    expect(controls().made.find("whisper")).toBe("whisper/tiny");
  });

  it.each([
    ["nope", undefined, "There is no model nope. `irene models list` shows those there are."],
    ["vosk", undefined, "The catalog has no model of vosk."],
    ["espeak", "stt", "espeak/espeak-ng is a tts model, and stt is needed."],
    ["whisper/tiny", "tts", "whisper/tiny is a stt model, and tts is needed."],
  ] as const)("refuses %s for %s", (name, capability, message) => {
    expect(() => controls().made.find(name, capability)).toThrow(message);
  });
});

describe("acting on models", () => {
  it("warms a usable one", async () => {
    const { made, asked } = controls();
    await made.warmUp("tiny");
    await made.retry("tiny");
    made.pin("tiny", true);
    made.pin("tiny", false);
    expect(asked).toEqual([
      "warm up whisper/tiny",
      "retry whisper/tiny",
      "pin whisper/tiny",
      "unpin whisper/tiny",
    ]);
  });

  it("says why one of an unusable provider cannot be warmed", async () => {
    const { made, asked } = controls();
    await expect(made.warmUp("silero_v3")).rejects.toMatchObject({
      code: "engine-unavailable",
      message: "Silero v3 TTS is not available: No PyTorch.",
    });
    await expect(made.warmUp("espeak")).rejects.toThrow("eSpeak NG is switched off in the settings");
    expect(asked).toEqual([]);
  });

  it("unloads nothing that cannot be loaded", async () => {
    const { made, asked } = controls();
    await made.unload("silero_v3");
    await made.unload("tiny");
    expect(asked).toEqual(["unload whisper/tiny"]);
  });

  it.each([
    [{ name: "present", bytes: 1 }, undefined],
    [{ name: "missing" }, "It is not on disk. `irene models pull whisper/tiny` gets it."],
    [
      { name: "corrupt", reason: "a is short" },
      "It is damaged: a is short. `irene models pull whisper/tiny` gets it anew.",
    ],
    [{ name: "verifying", bytesTotal: 1 }, "It is not on disk yet: verifying just now."],
  ] as const)("tells of a model on disk that is %o", async (state, words) => {
    const { made, store } = controls();
    store.next = state;
    expect(await made.check("tiny")).toBe(words);
  });

  it("collects what no model of the catalog needs", async () => {
    const [found] = await controls().made.collectGarbage(true);
    expect(found).toMatchObject({ path: MODELS.map(({ id }) => id).join(" "), why: "true" });
  });
});
