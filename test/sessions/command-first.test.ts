import { describe, expect, it } from "vitest";
import { EngineError } from "../../src/base/errors.js";
import type { CommandHeard, TranscribeOptions } from "../../src/engines/capability.js";
import type { CommandOffer, Commands } from "../../src/sessions/commands.js";
import { manifestOf, type ScriptedModel, speechToText } from "../fixtures/scripted-leaser.js";
import { sessionBench } from "../fixtures/session-bench.js";
import { gate, loud, SPEECH_FORMAT, turn } from "../fixtures/voice-pieces.js";

const origin = { gateway: "wyoming" } as const;
const BOOK = { id: "book-1", path: "/books/1.json" };
const COMMAND: CommandHeard = {
  decision: "accept",
  text: "turn on Bed Light",
  intent: "lights",
  heard: "turn on bed light",
  distance: 0,
  confidence: 0.97,
  why: "the words are those of a sentence",
};
const DICTATE: CommandHeard = { ...COMMAND, decision: "dictate", why: "the words are far from any sentence" };

const open = (change: Partial<ScriptedModel> = {}): ScriptedModel => ({
  id: "open",
  loaded: speechToText(),
  recognise: () => ({ text: "heard by open" }),
  ...change,
});
const vosk = (command: CommandHeard, change: Partial<ScriptedModel> = {}): ScriptedModel => ({
  id: "vosk",
  loaded: speechToText({ streaming: true }),
  recognise: (_, { phrases }) =>
    phrases
      ? { text: command.decision === "accept" ? command.text : "", command }
      : { text: "heard by vosk" },
  ...change,
});
const commandsOf = (listener: ScriptedModel, change: Partial<Commands> = {}): Commands => ({
  parallel: false,
  offer: (): CommandOffer => ({ ready: true, model: manifestOf(listener), phrases: BOOK }),
  names: () => ["Bed Light"],
  ...change,
});
const bench = (models: readonly ScriptedModel[], commands: Commands, options = {}) =>
  sessionBench(models, options, { commands });
const say = (voice: ReturnType<typeof bench>["voice"], request = {}) => {
  const session = voice.transcribe({ origin, ...request });
  session.accept(SPEECH_FORMAT, loud(0.5));
  return session;
};

describe("commands first", () => {
  it("answer at once with the sentence as it is written, and leave the open model in peace", async () => {
    const decoded: string[] = [];
    const listener = vosk(COMMAND);
    const writer = open({
      recognise: () => {
        decoded.push("open");
        return { text: "other" };
      },
    });
    const { voice, leaser, trace } = bench([writer, listener], commandsOf(listener));
    const result = await say(voice).finish();
    expect(result).toMatchObject({
      text: "turn on Bed Light",
      model: "vosk",
      decided: "command",
      why: COMMAND.why,
      command: COMMAND,
    });
    await turn();
    expect(decoded).toEqual([]);
    expect([leaser.held, leaser.open]).toEqual([0, 0]);
    expect(trace()).toMatchObject({ model: "vosk", outcome: "done", decided: "command", why: COMMAND.why });
    expect(JSON.stringify(trace())).not.toContain("Bed Light");
  });

  it("leave what is no command to the open model, with the home's names as terms", async () => {
    const asked: TranscribeOptions[] = [];
    const listener = vosk(DICTATE);
    const writer = open({
      recognise: (heard, options) => {
        asked.push(options);
        return { text: `${heard.length} samples` };
      },
    });
    const { voice, leaser, trace } = bench([writer, listener], commandsOf(listener));
    const result = await say(voice).finish();
    expect(result).toMatchObject({ text: "8000 samples", model: "open", decided: "dictation" });
    expect(result).toMatchObject({ why: DICTATE.why, command: { heard: "turn on bed light" } });
    expect(asked).toEqual([{ language: "en", terms: ["Bed Light"] }]);
    expect([leaser.held, leaser.open]).toEqual([0, 0]);
    expect(trace()).toMatchObject({ model: "open", decided: "dictation", why: DICTATE.why });
  });

  it("keep the terms a caller names", async () => {
    const asked: TranscribeOptions[] = [];
    const listener = vosk(DICTATE);
    const writer = open({
      recognise: (_, options) => {
        asked.push(options);
        return { text: "x" };
      },
    });
    await say(bench([writer, listener], commandsOf(listener)).voice, { terms: ["Ada"] }).finish();
    expect(asked[0]?.terms).toEqual(["Ada"]);
  });

  it("use the same model for both where it is the open one too", async () => {
    const listener = vosk(DICTATE);
    const { voice, leaser } = bench([listener], commandsOf(listener));
    expect(await say(voice).finish()).toMatchObject({ text: "heard by vosk", model: "vosk" });
    expect([leaser.held, leaser.open]).toEqual([0, 0]);
  });

  it("let a live model decode beside them only where both may", async () => {
    for (const parallel of [true, false]) {
      const listener = vosk(DICTATE);
      const partials: string[] = [];
      const live = open({ loaded: speechToText({ streaming: true }), partial: () => "so far" });
      const { voice } = bench([live, listener], commandsOf(listener, { parallel }));
      const session = say(voice, { onPartial: (text: string) => partials.push(text) });
      await turn();
      expect(partials.length > 0, `parallel ${parallel}`).toBe(parallel);
      expect(await session.finish()).toMatchObject({ text: "heard by open" });
    }
  });

  it("call nothing settled that a command may still replace", async () => {
    const settled: string[] = [];
    const listener = vosk(COMMAND);
    const live = open({
      loaded: speechToText({ streaming: true }),
      partial: () => "so far",
      settled: (text) => text,
    });
    const { voice } = bench([live, listener], commandsOf(listener, { parallel: true }));
    const session = say(voice, { onSettled: (text: string) => settled.push(text) });
    await turn();
    await session.finish();
    expect(settled).toEqual([]);
  });

  it("make the open model ready while people still speak", async () => {
    const listener = vosk(COMMAND);
    const { voice, leaser } = bench([open(), listener], commandsOf(listener));
    const session = say(voice);
    await turn();
    expect([...leaser.asked].sort()).toEqual(["open", "vosk"]);
    session.cancel();
    await turn();
    expect([leaser.held, leaser.open]).toEqual([0, 0]);
  });

  it("give way to dictation when the verdict is late, and do not come in its way", async () => {
    const { promise: wait, open: free } = gate();
    const listener = vosk(COMMAND, {
      recognise: async () => {
        await wait;
        return { text: COMMAND.text, command: COMMAND };
      },
    });
    const { voice, clock, leaser } = bench([open(), listener], commandsOf(listener));
    const finished = say(voice).finish();
    // Half the length of the audio is added, since it came at once.
    await clock.waitedFor(1_750);
    clock.advance(1_750);
    expect(await finished).toMatchObject({ text: "heard by open", decided: "dictation" });
    free();
    await turn();
    expect([leaser.held, leaser.open]).toEqual([0, 0]);
  });

  it("take a late command over dictation that is later still", async () => {
    const slow = gate();
    const slower = gate();
    const listener = vosk(COMMAND, {
      recognise: async () => {
        await slow.promise;
        return { text: COMMAND.text, command: COMMAND };
      },
    });
    const writer = open({
      recognise: async () => {
        await slower.promise;
        return { text: "too late" };
      },
    });
    const { voice, clock } = bench([writer, listener], commandsOf(listener));
    const finished = say(voice).finish();
    // Half the length of the audio is added, since it came at once.
    await clock.waitedFor(1_750);
    clock.advance(1_750);
    slow.open();
    expect(await finished).toMatchObject({ text: COMMAND.text, decided: "command" });
    slower.open();
  });

  it("are no loss when their model fails or dies", async () => {
    for (const trouble of ["fails", "dies"] as const) {
      const listener = vosk(COMMAND, {
        recognise: () => {
          if (trouble === "dies") leaser.kill("vosk");
          throw new EngineError("engine-failed", "The input is odd.");
        },
      });
      const { voice, leaser } = bench([open(), listener], commandsOf(listener));
      const result = await say(voice).finish();
      expect(result).toMatchObject({ text: "heard by open", decided: "dictation" });
      expect(result.why).toMatch(/^vosk failed: /);
      expect(result.degraded).toBeUndefined();
      expect(leaser.held).toBe(0);
    }
  });

  it("answer although nobody can write down anything else", async () => {
    const listener = vosk(COMMAND);
    const broken = open({
      load: () => {
        throw new EngineError("engine-load-failed", "The file is damaged.");
      },
    });
    // Else the listener would stand in as the open model.
    const { voice } = bench([broken], commandsOf(listener));
    await expect(say(voice).finish()).rejects.toThrow("The file is damaged.");
    const both = bench([broken, listener], commandsOf(listener));
    expect(await say(both.voice).finish()).toMatchObject({ text: COMMAND.text, decided: "command" });
  });

  it("are dictation alone while their model is not in memory, which the trace says", async () => {
    const listener = vosk(COMMAND);
    const why = "vosk is being downloaded";
    const commands = commandsOf(listener, { offer: () => ({ ready: false, why }) });
    const { voice, leaser, trace } = bench([open(), listener], commands);
    expect(await say(voice).finish()).toMatchObject({ text: "heard by open", decided: "dictation", why });
    expect(leaser.asked).toEqual(["open"]);
    expect(trace()).toMatchObject({ decided: "dictation", why });
  });

  it("stay out of it for a language without them, a model asked for by name, and models that race", async () => {
    const listener = vosk(COMMAND);
    const none = bench([open(), listener], commandsOf(listener, { offer: () => undefined }));
    expect(await say(none.voice).finish()).toEqual({ text: "heard by open", model: "open" });
    const named = bench([open(), listener], commandsOf(listener));
    expect(await say(named.voice, { model: "open" }).finish()).toEqual({
      text: "heard by open",
      model: "open",
    });
    const racing = { ranked: ["open", "vosk"], patienceMs: 1_000, minConfidence: 0.5 };
    const raced = bench([open(), listener], commandsOf(listener), { racing, parallel: 2 });
    expect(await say(raced.voice).finish()).toEqual({ text: "heard by open", model: "open" });
  });
});
