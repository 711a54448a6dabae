import { describe, expect, it } from "vitest";
import { EngineError } from "../../src/base/errors.js";
import type { SpeechRequest } from "../../src/engines/capability.js";
import type { SynthesizeRequest } from "../../src/sessions/voice.js";
import { type ScriptedModel, speechToText, textToSpeech } from "../fixtures/scripted-leaser.js";
import { DEADLINE_MS, sessionBench } from "../fixtures/session-bench.js";
import { collect } from "../fixtures/streams.js";
import { sine } from "../fixtures/tones.js";
import { gate, turn } from "../fixtures/voice-pieces.js";

const request = (change: Partial<SynthesizeRequest> = {}): SynthesizeRequest => ({
  origin: { gateway: "wyoming" },
  text: "Hello there.",
  ...change,
});

async function* pieces(count: number): AsyncGenerator<Float32Array> {
  for (let n = 0; n < count; n += 1) yield sine(440, 16_000, 1_600);
}

const piper = (change: Partial<ScriptedModel> = {}): ScriptedModel => ({
  id: "piper/amy",
  title: "Amy",
  loaded: textToSpeech(),
  speak: () => pieces(3),
  ...change,
});
const espeak = (change: Partial<ScriptedModel> = {}): ScriptedModel => ({
  id: "espeak/en",
  title: "eSpeak",
  loaded: textToSpeech(22_050),
  speak: () => pieces(2),
  ...change,
});
const broken = async function* (): AsyncGenerator<Float32Array> {
  yield* pieces(0);
  throw new EngineError("engine-failed", "The text is odd.");
};
const lengthOf = (all: readonly Uint8Array[]) => all.reduce((sum, { length }) => sum + length, 0);

describe("Synthesis", () => {
  it("speaks at the voice's own rate and gives the voice back", async () => {
    const { voice, leaser, trace } = sessionBench([piper()]);
    const session = voice.synthesize(request());
    expect(await session.format).toEqual({ rateHz: 16_000, widthBytes: 2, channels: 1 });
    const audio = await collect(session.audio);
    expect(audio.map(({ length }) => length)).toEqual([3_200, 3_200, 3_200]);
    expect([leaser.held, leaser.open]).toEqual([0, 0]);
    expect(trace()).toMatchObject({ id: session.id, outcome: "done", model: "piper/amy" });
    const stages = trace()?.stages.map(({ name }) => name);
    expect(stages).toEqual(["waiting for model", "synthesis", "first audio", "done"]);
  });

  it("resamples to the rate asked for, to the sample", async () => {
    const { voice } = sessionBench([piper()]);
    const session = voice.synthesize(request({ rateHz: 44_100 }));
    expect((await session.format).rateHz).toBe(44_100);
    expect(lengthOf(await collect(session.audio))).toBe(2 * Math.ceil((4_800 * 44_100) / 16_000));
  });

  it("gives the engine everything that was asked for", async () => {
    const asked: SpeechRequest[] = [];
    const { voice, leaser } = sessionBench([
      espeak(),
      piper({
        speak: (given) => {
          asked.push(given);
          return pieces(1);
        },
      }),
    ]);
    const given = { language: "de", speaker: "mary", speed: 1.5, voice: "piper/amy" };
    await collect(voice.synthesize(request(given)).audio);
    expect(asked).toEqual([{ text: "Hello there.", language: "de", speaker: "mary", speed: 1.5 }]);
    expect(leaser.asked).toEqual(["piper/amy"]);
  });

  it("falls back before the first sound, at the rate already promised", async () => {
    const { voice, leaser, trace } = sessionBench([piper({ speak: broken }), espeak()]);
    const session = voice.synthesize(request());
    const audio = await collect(session.audio);
    expect((await session.format).rateHz).toBe(16_000);
    expect(lengthOf(audio)).toBe(2 * Math.ceil((3_200 * 16_000) / 22_050));
    const degraded = "eSpeak answers instead of Amy. piper/amy: The text is odd.";
    expect(trace()).toMatchObject({ outcome: "done", model: "espeak/en", degraded });
    expect([leaser.held, leaser.open]).toEqual([0, 0]);
  });

  it("gives a failed voice back before it asks for the next", async () => {
    const held: number[] = [];
    const bench = sessionBench([
      piper({ speak: broken }),
      espeak({ load: () => void held.push(bench.leaser.held) }),
    ]);
    await collect(bench.voice.synthesize(request()).audio);
    expect(held).toEqual([0]);
  });

  it("speaks with the same voice again when its process died before the first sound", async () => {
    const bench = sessionBench([
      piper({
        speak: () => {
          if (bench.leaser.asked.length === 1) bench.leaser.kill("piper/amy");
          return pieces(2);
        },
      }),
      espeak(),
    ]);
    expect(await collect(bench.voice.synthesize(request()).audio)).toHaveLength(2);
    expect(bench.leaser.asked).toEqual(["piper/amy", "piper/amy"]);
    expect(bench.trace()).not.toHaveProperty("degraded");
  });

  it("fails, and does not start over, when the voice dies after the first sound", async () => {
    const { voice, leaser, trace } = sessionBench([piper(), espeak()]);
    const heard: Uint8Array[] = [];
    const speaking = (async () => {
      for await (const bytes of voice.synthesize(request()).audio) {
        heard.push(bytes);
        if (heard.length === 1) leaser.kill("piper/amy");
      }
    })();
    await expect(speaking).rejects.toMatchObject({ code: "worker-crashed" });
    expect(heard).toHaveLength(1);
    expect(leaser.asked).toEqual(["piper/amy"]);
    expect(leaser.held).toBe(0);
    expect(trace()?.outcome).toBe("failed");
  });

  it("fails with the reason when no voice can be had, for who reads the format or the sound", async () => {
    const { voice, leaser, trace } = sessionBench([]);
    const session = voice.synthesize(request());
    await expect(session.format).rejects.toMatchObject({ code: "no-model" });
    await expect(collect(session.audio)).rejects.toMatchObject({ code: "no-model" });
    expect(trace()?.outcome).toBe("failed");
    expect(leaser.held).toBe(0);
  });

  it("fails when no voice becomes ready in time", async () => {
    const { voice, clock, leaser } = sessionBench([piper({ ready: false, load: () => gate().promise })]);
    const session = voice.synthesize(request());
    await clock.waitedFor(DEADLINE_MS);
    clock.advance(DEADLINE_MS);
    await expect(session.format).rejects.toMatchObject({ code: "deadline" });
    expect(leaser.held).toBe(0);
  });

  it("stops the engine and gives the voice back when the consumer leaves early", async () => {
    let stopped = false;
    const endless = async function* (): AsyncGenerator<Float32Array> {
      try {
        for (;;) yield* pieces(1);
      } finally {
        stopped = true;
      }
    };
    const { voice, leaser, trace } = sessionBench([piper({ speak: endless })]);
    const session = voice.synthesize(request());
    for await (const _ of session.audio) break;
    expect(stopped).toBe(true);
    expect([leaser.held, leaser.open]).toEqual([0, 0]);
    expect(trace()?.outcome).toBe("cancelled");
    expect(await collect(session.audio)).toEqual([]);
  });

  it.each([
    ["while the voice loads", piper({ load: () => gate().promise })],
    ["before anybody listens", piper()],
  ])("gives the voice back when it is cancelled %s", async (_, model) => {
    const { voice, leaser, trace } = sessionBench([model]);
    const session = voice.synthesize(request());
    await turn();
    session.cancel();
    await turn();
    expect([leaser.held, leaser.open]).toEqual([0, 0]);
    expect(trace()?.outcome).toBe("cancelled");
    await expect(collect(session.audio)).rejects.toMatchObject({ code: "cancelled" });
  });

  it("does not pass for complete when it is cancelled while it sounds", async () => {
    const { voice, leaser, trace } = sessionBench([piper()]);
    const session = voice.synthesize(request());
    const heard: Uint8Array[] = [];
    const speaking = (async () => {
      for await (const bytes of session.audio) {
        heard.push(bytes);
        session.cancel();
      }
    })();
    await expect(speaking).rejects.toMatchObject({ code: "cancelled" });
    expect(heard).toHaveLength(1);
    expect([leaser.held, leaser.open]).toEqual([0, 0]);
    expect(trace()?.outcome).toBe("cancelled");
  });

  it("gives the voice back when nobody ever listens", async () => {
    const { voice, clock, leaser, trace } = sessionBench([piper()]);
    const session = voice.synthesize(request());
    await session.format;
    expect(leaser.held).toBe(1);
    clock.advance(120_000);
    expect(leaser.held).toBe(0);
    expect(trace()).toMatchObject({ outcome: "cancelled", error: "Nobody listened to the sound." });
  });

  it("gives the voice back when the listener stops taking pieces without leaving", async () => {
    const { voice, clock, leaser } = sessionBench([piper()]);
    const reader = voice.synthesize(request()).audio[Symbol.asyncIterator]();
    await reader.next();
    clock.advance(119_999);
    expect(leaser.held).toBe(1);
    clock.advance(1);
    expect(leaser.held).toBe(0);
    await expect(reader.next()).rejects.toThrow("Nobody listened");
    expect(leaser.open).toBe(0);
  });

  it("is patient with an engine that takes long for a piece", async () => {
    const first = gate();
    const slow = async function* (): AsyncGenerator<Float32Array> {
      await first.promise;
      yield* pieces(1);
    };
    const { voice, clock } = sessionBench([piper({ speak: slow })]);
    const audio = collect(voice.synthesize(request()).audio);
    await turn();
    clock.advance(600_000);
    first.open();
    expect(await audio).toHaveLength(1);
  });

  it("leaves nothing to time out after the end", async () => {
    const { voice, clock, trace } = sessionBench([piper()]);
    await collect(voice.synthesize(request()).audio);
    clock.advance(600_000);
    expect(trace()?.outcome).toBe("done");
  });

  it("does not take a model of another kind for a voice", async () => {
    const { voice, leaser } = sessionBench([piper()]);
    const wrong: ScriptedModel = { id: "whisper/tiny", loaded: speechToText() };
    const confused = sessionBench([wrong]);
    const manifests = leaser.ladder("tts", {}).map((manifest) => ({ ...manifest, id: "whisper/tiny" }));
    confused.leaser.ladder = () => manifests;
    const session = confused.voice.synthesize(request());
    await expect(session.format).rejects.toMatchObject({ code: "no-model" });
    expect(confused.leaser.held).toBe(0);
    expect(await collect(voice.synthesize(request()).audio)).toHaveLength(3);
  });

  describe("with a text preparer", () => {
    const spoken = (text: string[]): ScriptedModel =>
      piper({
        languages: ["en_US", "ru_RU"],
        speak: (given) => {
          text.push(`${given.language}: ${given.text}`);
          return pieces(1);
        },
      });
    const prepare = (text: string, language: string) => `${text.replace("21", "XXI")} (${language})`;
    const languageOf = (text: string) => (/\p{Script=Cyrillic}/u.test(text) ? "ru" : undefined);

    it("speaks the prepared text in the language the text looks like", async () => {
      const said: string[] = [];
      const { voice, leaser, trace } = sessionBench([spoken(said)], {}, { prepare, languageOf });
      await collect(voice.synthesize(request({ text: "Сейчас 21" })).audio);
      expect(said).toEqual(["ru: Сейчас XXI (ru)"]);
      expect(leaser.ladderRequests).toEqual([{ capability: "tts", text: "Сейчас 21", language: "ru" }]);
      expect(trace()?.language).toBe("ru");
    });

    it("believes the request over the text", async () => {
      const said: string[] = [];
      const { voice } = sessionBench([spoken(said)], {}, { prepare, languageOf });
      await collect(voice.synthesize(request({ text: "Сейчас 21", language: "en" })).audio);
      expect(said).toEqual(["en: Сейчас XXI (en)"]);
    });

    it("does not bother the engine when nothing speakable is left", async () => {
      const said: string[] = [];
      const { voice, leaser, trace } = sessionBench([spoken(said)], {}, { prepare: () => " " });
      expect(await collect(voice.synthesize(request()).audio)).toEqual([]);
      expect(said).toEqual([]);
      expect(leaser.held).toBe(0);
      expect(trace()?.outcome).toBe("done");
    });
  });

  describe("with a cache", () => {
    const caching = { audioCacheBytes: 100_000 };

    it("speaks a repeated sentence without a model, the same to the byte", async () => {
      const { voice, leaser, trace } = sessionBench([piper()], caching);
      const first = voice.synthesize(request({ rateHz: 8_000 }));
      const audio = await collect(first.audio);
      const again = voice.synthesize(request({ rateHz: 8_000 }));
      expect(await again.format).toEqual(await first.format);
      expect(Buffer.concat(await collect(again.audio))).toEqual(Buffer.concat(audio));
      expect(leaser.asked).toEqual(["piper/amy"]);
      expect(trace()).toMatchObject({ outcome: "done", model: "piper/amy" });
      expect(trace()?.stages.map(({ name }) => name)).toEqual(["kept from before", "first audio", "done"]);
    });

    it("is off unless asked for", async () => {
      const { voice, leaser } = sessionBench([piper()]);
      for (let n = 0; n < 2; n += 1) await collect(voice.synthesize(request()).audio);
      expect(leaser.asked).toEqual(["piper/amy", "piper/amy"]);
    });

    it("does not keep what was not heard to the end", async () => {
      const { voice, leaser } = sessionBench([piper()], caching);
      for await (const _ of voice.synthesize(request()).audio) break;
      expect(await collect(voice.synthesize(request()).audio)).toHaveLength(3);
      expect(leaser.asked).toHaveLength(2);
    });

    it("does not keep what was cancelled", async () => {
      const { voice, leaser } = sessionBench([piper()], caching);
      const session = voice.synthesize(request());
      const speaking = (async () => {
        for await (const _ of session.audio) session.cancel();
      })();
      await expect(speaking).rejects.toMatchObject({ code: "cancelled" });
      expect(await collect(voice.synthesize(request()).audio)).toHaveLength(3);
      expect(leaser.asked).toHaveLength(2);
    });

    it("does not take what another voice said for the wanted one's", async () => {
      let fail = true;
      const { voice, leaser } = sessionBench(
        [piper({ speak: () => (fail ? broken() : pieces(3)) }), espeak()],
        caching,
      );
      await collect(voice.synthesize(request()).audio);
      fail = false;
      expect(await collect(voice.synthesize(request()).audio)).toHaveLength(3);
      expect(leaser.asked).toEqual(["piper/amy", "espeak/en", "piper/amy"]);
    });

    it("does not keep more of a long text than the cache would take", async () => {
      const { voice, leaser } = sessionBench([piper({ speak: () => pieces(30) })], caching);
      for (let n = 0; n < 2; n += 1) await collect(voice.synthesize(request()).audio);
      expect(leaser.asked).toHaveLength(2);
    });

    it("can be cancelled, and left early", async () => {
      const { voice, trace } = sessionBench([piper()], caching);
      await collect(voice.synthesize(request()).audio);
      const cancelled = voice.synthesize(request());
      cancelled.cancel();
      await expect(collect(cancelled.audio)).rejects.toMatchObject({ code: "cancelled" });
      for await (const _ of voice.synthesize(request()).audio) break;
      expect(trace()?.outcome).toBe("cancelled");
    });
  });
});
