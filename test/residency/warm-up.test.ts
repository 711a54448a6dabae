import { describe, expect, it } from "vitest";
import { ENGINE_RATE_HZ, type SpeechRequest, type TranscribeOptions } from "../../src/engines/capability.js";
import { type WarmUpResult, warmUp } from "../../src/residency/warm-up.js";
import type { LoadedModel, ModelWorker, SpeechChannel } from "../../src/workers/model-worker.js";
import { HandClock } from "../fixtures/hand-clock.js";
import { manifest } from "../fixtures/manifests.js";
import { PretendWorker } from "../fixtures/pretend-workers.js";

/** A worker that writes down what it is asked and takes a while, ten milliseconds, for each second of it. */
class NotingWorker extends PretendWorker {
  readonly heard: number[] = [];
  readonly said: SpeechRequest[] = [];
  readonly options: TranscribeOptions[] = [];
  silentSamples = 0;
  readonly #clock: HandClock;
  readonly #msPerSecond: number;

  constructor(clock: HandClock, msPerSecond: number) {
    super(1, { clock, gate: async () => undefined, onGrow: () => undefined });
    this.#msPerSecond = msPerSecond;
    this.#clock = clock;
  }

  override async openSpeech(_: string, options: TranscribeOptions = {}): Promise<SpeechChannel> {
    this.options.push(options);
    let samples = 0;
    return {
      accept: async (piece) => {
        samples += piece.length;
        this.silentSamples += piece.filter((sample) => sample === 0).length;
        return undefined;
      },
      finish: async () => {
        this.heard.push(samples / ENGINE_RATE_HZ);
        this.#clock.advance((this.#msPerSecond * samples) / ENGINE_RATE_HZ);
        return { text: "" };
      },
      cancel: () => undefined,
    };
  }

  override async *synthesize(_: string, request: SpeechRequest): AsyncGenerator<Float32Array> {
    this.said.push(request);
    this.#clock.advance(10);
    yield new Float32Array(1600).fill(0.2);
  }
}

async function warm(
  loaded: LoadedModel,
  languages: readonly string[] = ["en"],
  signal: AbortSignal = new AbortController().signal,
  msPerSecond = 10,
): Promise<{ worker: NotingWorker; result: WarmUpResult }> {
  const clock = new HandClock();
  const worker = new NotingWorker(clock, msPerSecond);
  const asModelWorker: ModelWorker = worker;
  const result = await warmUp({
    manifest: manifest({ id: "x/y", languages, capability: loaded.capability }),
    worker: asModelWorker,
    loaded,
    clock,
    signal,
  });
  return { worker, result };
}

describe("the warm-up of speech to text", () => {
  it("hears a command twice and then the longest that is allowed, never silence", async () => {
    const { worker, result } = await warm({ capability: "stt", streaming: false });
    expect(worker.heard).toEqual([2.5, 2.5, 30]);
    expect(worker.silentSamples).toBe(0);
    expect(result).toEqual({ firstMs: 25, secondMs: 25, longestMs: 300, rtf: 0.01 });
  });

  it("keeps to the model's own limit", async () => {
    expect((await warm({ capability: "stt", streaming: false, maxSamples: 16_000 })).worker.heard).toEqual([
      1, 1, 1,
    ]);
    expect((await warm({ capability: "stt", streaming: false, maxSamples: 320_000 })).worker.heard).toEqual([
      2.5, 2.5, 20,
    ]);
  });

  it.each([
    [2_000, 30],
    [8_000, 7.5],
    [60_000, 2.5],
  ])("takes %i ms for a second of speech to mean %d s at most", async (msPerSecond, seconds) => {
    const { signal } = new AbortController();
    const { worker } = await warm({ capability: "stt", streaming: false }, ["en"], signal, msPerSecond);
    expect(worker.heard).toEqual([2.5, 2.5, seconds]);
  });

  it("takes a shorter longest for a streaming model, whose memory does not grow with it", async () => {
    expect((await warm({ capability: "stt", streaming: true })).worker.heard).toEqual([2.5, 2.5, 6]);
  });

  it("names the language of a model with one, and lets a model of many find out", async () => {
    const one = await warm({ capability: "stt", streaming: false }, ["ru"]);
    expect(one.worker.options).toEqual([{ language: "ru" }, { language: "ru" }, { language: "ru" }]);
    const many = await warm({ capability: "stt", streaming: false }, ["en", "ru"]);
    expect(many.worker.options).toEqual([{}, {}, {}]);
  });
});

describe("the warm-up of text to speech", () => {
  it("says a phrase with a digit twice in the voice's language, then a long sentence", async () => {
    const { worker, result } = await warm({ capability: "tts", rateHz: 16_000, speakers: [] }, ["de_DE"]);
    const texts = worker.said.map(({ text }) => text);
    expect(texts.slice(0, 2)).toEqual(["Es ist 7 Uhr.", "Es ist 7 Uhr."]);
    expect(texts[2]?.length).toBeGreaterThan(140);
    expect(texts[2]?.length).toBeLessThan(200);
    expect(worker.said.every(({ language }) => language === "de_DE")).toBe(true);
    expect(result).toEqual({ firstMs: 10, secondMs: 10, longestMs: 10, rtf: expect.closeTo(0.1) });
  });
});

describe("a warm-up that is called off", () => {
  it("stops with the reason", async () => {
    const reason = new Error("enough");
    for (const loaded of [
      { capability: "stt", streaming: false },
      { capability: "tts", rateHz: 16_000, speakers: [] },
    ] as const) {
      await expect(warm(loaded, ["en"], AbortSignal.abort(reason))).rejects.toBe(reason);
    }
  });
});
