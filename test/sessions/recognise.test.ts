import { describe, expect, it } from "vitest";
import { EngineError } from "../../src/base/errors.js";
import { type ScriptedModel, speechToText } from "../fixtures/scripted-leaser.js";
import { sessionBench } from "../fixtures/session-bench.js";
import { gate, loud, SPEECH_FORMAT, turn } from "../fixtures/voice-pieces.js";

const origin = { gateway: "wyoming" } as const;

const model = (id: string, change: Partial<ScriptedModel> = {}): ScriptedModel => ({
  id,
  title: id.toUpperCase(),
  loaded: speechToText({ streaming: true }),
  recognise: () => ({ text: `heard by ${id}` }),
  ...change,
});
const broken = () => {
  throw new EngineError("engine-failed", "The input is odd.");
};
const racing = (...ranked: string[]) => ({
  racing: { ranked, patienceMs: 1_500, minConfidence: 0.6 },
  parallel: 2,
});

describe("racing models", () => {
  it("all get the whole utterance, and the best-ranked answer wins", async () => {
    const heard: string[] = [];
    const count = (id: string) => (samples: Float32Array) => {
      heard.push(`${id} ${samples.length}`);
      return { text: id };
    };
    const { voice, leaser, trace } = sessionBench(
      [
        model("whisper", { loaded: speechToText(), recognise: count("whisper") }),
        model("vosk", { recognise: count("vosk") }),
        model("unused"),
      ],
      racing("vosk", "whisper"),
    );
    const session = voice.transcribe({ origin });
    for (let n = 0; n < 4; n += 1) session.accept(SPEECH_FORMAT, loud(0.25));
    expect(await session.finish()).toEqual({ text: "vosk", model: "vosk" });
    await turn();
    expect(heard).toContain("vosk 16000");
    expect([...leaser.asked].sort()).toEqual(["vosk", "whisper"]);
    expect([leaser.held, leaser.open]).toEqual([0, 0]);
    expect(trace()).toMatchObject({ model: "vosk", outcome: "done" });
    expect(trace()).not.toHaveProperty("degraded");
  });

  it("give way to the next when the best is not sure, which is nothing to worry about", async () => {
    const { voice } = sessionBench(
      [model("vosk", { recognise: () => ({ text: "mumble", confidence: 0.3 }) }), model("whisper")],
      racing("vosk", "whisper"),
    );
    const session = voice.transcribe({ origin });
    session.accept(SPEECH_FORMAT, loud(0.5));
    expect(await session.finish()).toEqual({ text: "heard by whisper", model: "whisper" });
  });

  it("give way when the best is late, and let go of it", async () => {
    const { voice, clock, leaser } = sessionBench(
      [model("vosk", { recognise: () => gate<never>().promise }), model("whisper")],
      racing("vosk", "whisper"),
    );
    const session = voice.transcribe({ origin });
    session.accept(SPEECH_FORMAT, loud(0.5));
    const finished = session.finish();
    await clock.waitedFor(1_500);
    await turn();
    clock.advance(1_500);
    expect((await finished).model).toBe("whisper");
    await turn();
    expect([leaser.held, leaser.open]).toEqual([0, 0]);
  });

  it("say so when the best failed", async () => {
    const { voice, trace } = sessionBench(
      [model("vosk", { recognise: broken }), model("whisper")],
      racing("vosk", "whisper"),
    );
    const session = voice.transcribe({ origin });
    session.accept(SPEECH_FORMAT, loud(0.5));
    const degraded = "WHISPER answers instead of VOSK. vosk: The input is odd.";
    expect(await session.finish()).toMatchObject({ model: "whisper", degraded });
    expect(trace()?.degraded).toBe(degraded);
  });

  it("leave the rest of the ladder for when all of them failed", async () => {
    const { voice, leaser } = sessionBench(
      [model("vosk", { recognise: broken }), model("whisper", { recognise: broken }), model("tiny")],
      racing("vosk", "whisper"),
    );
    const session = voice.transcribe({ origin });
    session.accept(SPEECH_FORMAT, loud(0.5));
    expect(await session.finish()).toEqual({
      text: "heard by tiny",
      model: "tiny",
      degraded: "TINY answers instead of VOSK. vosk: The input is odd.",
    });
    expect([leaser.held, leaser.open]).toEqual([0, 0]);
  });

  it("fail as the best did when nothing is left", async () => {
    const { voice, leaser } = sessionBench(
      [model("vosk", { recognise: broken }), model("whisper", { recognise: broken })],
      racing("vosk", "whisper"),
    );
    const session = voice.transcribe({ origin });
    session.accept(SPEECH_FORMAT, loud(0.5));
    await expect(session.finish()).rejects.toThrow("The input is odd.");
    expect(leaser.held).toBe(0);
  });

  it("do not race when the request names one", async () => {
    const { voice, leaser } = sessionBench([model("vosk"), model("whisper")], racing("vosk", "whisper"));
    const session = voice.transcribe({ origin, model: "whisper" });
    session.accept(SPEECH_FORMAT, loud(0.5));
    expect((await session.finish()).model).toBe("whisper");
    expect(leaser.asked).toEqual(["whisper"]);
  });

  it("are one when the names stand for the same, with its ladder below", async () => {
    const { voice, leaser } = sessionBench(
      [model("vosk", { recognise: broken }), model("whisper")],
      racing("vosk", "vosk"),
    );
    const session = voice.transcribe({ origin });
    session.accept(SPEECH_FORMAT, loud(0.5));
    expect((await session.finish()).model).toBe("whisper");
    expect(leaser.asked).toEqual(["vosk", "whisper"]);
  });

  it("show partial texts of one of them only", async () => {
    const partials: string[] = [];
    const { voice } = sessionBench(
      [
        model("whisper", { loaded: speechToText() }),
        model("vosk", { partial: () => "vosk" }),
        model("sherpa", { partial: () => "sherpa" }),
      ],
      racing("whisper", "vosk", "sherpa"),
    );
    const session = voice.transcribe({ origin, onPartial: (text) => partials.push(text) });
    for (let n = 0; n < 3; n += 1) {
      session.accept(SPEECH_FORMAT, loud(0.25));
      await turn();
    }
    await session.finish();
    expect(partials).toHaveLength(3);
    expect(new Set(partials).size).toBe(1);
  });

  it("call no text settled, as nobody knows yet whose it will be", async () => {
    const settled: string[] = [];
    const streams = { partial: () => "text", settled: (text: string) => text };
    const { voice } = sessionBench(
      [model("vosk", streams), model("sherpa", streams)],
      racing("vosk", "sherpa"),
    );
    const session = voice.transcribe({ origin, onSettled: (text) => settled.push(text) });
    session.accept(SPEECH_FORMAT, loud(0.5));
    await session.finish();
    expect(settled).toEqual([]);
  });

  it.each([
    ["while they load", { load: () => gate().promise }],
    ["while they decode", { recognise: () => gate<never>().promise }],
  ])("all let go when the request is cancelled %s", async (_, change) => {
    const { voice, leaser, trace } = sessionBench(
      [model("vosk", change), model("whisper", { loaded: speechToText(), ...change })],
      racing("vosk", "whisper"),
    );
    const session = voice.transcribe({ origin });
    session.accept(SPEECH_FORMAT, loud(0.5));
    const finished = session.finish();
    await turn();
    session.cancel();
    await expect(finished).rejects.toMatchObject({ code: "cancelled" });
    await turn();
    expect([leaser.held, leaser.open]).toEqual([0, 0]);
    expect(trace()?.outcome).toBe("cancelled");
  });
});
