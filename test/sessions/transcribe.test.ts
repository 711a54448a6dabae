import { describe, expect, it } from "vitest";
import { EngineError } from "../../src/base/errors.js";
import type { TranscribeRequest } from "../../src/sessions/voice.js";
import {
  type ScriptedModel,
  speechToText,
  textToSpeech,
  voiceDetector,
} from "../fixtures/scripted-leaser.js";
import { DEADLINE_MS, sessionBench } from "../fixtures/session-bench.js";
import { gate, loud, quiet, SPEECH_FORMAT, turn } from "../fixtures/voice-pieces.js";

const origin = { gateway: "wyoming", peer: "10.0.0.7" } as const;
const request = (change: Partial<TranscribeRequest> = {}): TranscribeRequest => ({ origin, ...change });
const seconds = (heard: Float32Array) => `${heard.length / 16_000} s`;

const whisper = (change: Partial<ScriptedModel> = {}): ScriptedModel => ({
  id: "whisper/tiny",
  title: "Whisper",
  loaded: speechToText(),
  recognise: (heard) => ({ text: seconds(heard) }),
  ...change,
});
const vosk = (change: Partial<ScriptedModel> = {}): ScriptedModel => ({
  id: "vosk/small",
  title: "Vosk",
  loaded: speechToText({ streaming: true }),
  partial: (heard) => `so far ${seconds(heard)}`,
  recognise: (heard) => ({ text: `all ${seconds(heard)}`, confidence: 0.9 }),
  ...change,
});
const silero: ScriptedModel = { id: "silero/vad", loaded: voiceDetector };
const trimming = { trimSilence: true, voiceDetector: silero.id };

describe("Transcription", () => {
  it("answers with an engine that takes an utterance in one piece", async () => {
    const { voice, leaser, trace } = sessionBench([whisper()]);
    const session = voice.transcribe(request());
    session.accept(SPEECH_FORMAT, loud(0.5));
    session.accept(SPEECH_FORMAT, loud(0.75));
    expect(await session.finish()).toEqual({ text: "1.25 s", model: "whisper/tiny" });
    expect([leaser.held, leaser.open]).toEqual([0, 0]);
    expect(trace()).toMatchObject({
      id: session.id,
      outcome: "done",
      model: "whisper/tiny",
      language: "en",
      audioSeconds: 1.25,
    });
    const stages = trace()?.stages.map(({ name }) => name);
    expect(stages).toEqual(["waiting for model", "audio ended", "queued", "decode", "text", "done"]);
  });

  it("tells each model of its own language when the request names none", async () => {
    const asked: unknown[] = [];
    const telling = (model: ScriptedModel): ScriptedModel => ({
      ...model,
      recognise: (heard, options) => {
        asked.push(options.language);
        return { text: seconds(heard) };
      },
    });

    const languageFor = ({ provider }: { readonly provider: string }) =>
      provider === "vosk" ? "ru" : undefined;
    for (const model of [telling(whisper()), telling(vosk())]) {
      const { voice, leaser } = sessionBench([model], { languageFor });
      const session = voice.transcribe(request());
      session.accept(SPEECH_FORMAT, loud(0.5));
      await session.finish();
      expect(leaser.ladderRequests).toContainEqual({ capability: "stt" });
    }
    expect(asked).toEqual([undefined, "ru"]);
  });

  it("feeds a streaming engine while audio arrives and passes its partial texts on", async () => {
    const { voice, leaser } = sessionBench([vosk()]);
    const partials: string[] = [];
    const session = voice.transcribe(request({ onPartial: (text) => partials.push(text) }));
    session.accept(SPEECH_FORMAT, loud(0.5));
    await turn();
    session.accept(SPEECH_FORMAT, loud(0.5));
    await turn();
    expect(partials).toEqual(["so far 0.5 s", "so far 1 s"]);
    expect(await session.finish()).toEqual({ text: "all 1 s", confidence: 0.9, model: "vosk/small" });
    expect([leaser.held, leaser.open]).toEqual([0, 0]);
  });

  it("tells the begin that a streaming engine is done with, in the style of the text", async () => {
    const begins: string[] = [];
    const model = vosk({ settled: (text) => text.slice(0, 6) });
    const { voice } = sessionBench([model], { textStyle: { letters: "upper", punctuation: true } });
    const session = voice.transcribe(request({ onSettled: (text) => begins.push(text) }));
    session.accept(SPEECH_FORMAT, loud(0.5));
    await session.finish();
    expect(begins).toEqual(["SO FAR"]);
  });

  it("tells no begin that words to come may change: numbers in digits", async () => {
    const begins: string[] = [];
    const model = vosk({ settled: (text) => text });
    const textStyle = { letters: "keep", punctuation: true, numbers: "digits" } as const;
    const { voice } = sessionBench([model], { textStyle });
    const session = voice.transcribe(request({ onSettled: (text) => begins.push(text) }));
    session.accept(SPEECH_FORMAT, loud(0.5));
    await session.finish();
    expect(begins).toEqual([]);
  });

  it("takes audio of any format, and a change of format on the way", async () => {
    const { voice } = sessionBench([whisper()]);
    const session = voice.transcribe(request());
    session.accept({ rateHz: 44_100, widthBytes: 2, channels: 2 }, new Uint8Array(44_100 * 4));
    session.accept(SPEECH_FORMAT, loud(0.5));
    expect((await session.finish()).text).toBe("1.5 s");
  });

  it("gives the engine the language, the terms and the model that were asked for", async () => {
    const asked: unknown[] = [];
    const { voice, leaser } = sessionBench([
      vosk(),
      whisper({
        recognise: (_, options) => {
          asked.push(options);
          return { text: "Licht" };
        },
      }),
    ]);
    const session = voice.transcribe(
      request({ language: "de", model: "whisper/tiny", terms: ["Wohnzimmer"] }),
    );
    session.accept(SPEECH_FORMAT, loud(0.5));
    await session.finish();
    expect(asked).toEqual([{ language: "de", terms: ["Wohnzimmer"] }]);
    expect(leaser.ladderRequests).toContainEqual({
      capability: "stt",
      language: "de",
      wanted: "whisper/tiny",
    });
    expect(leaser.asked).toEqual(["whisper/tiny"]);
  });

  it("touches no model when there was no audio", async () => {
    const { voice, leaser, trace } = sessionBench([whisper(), silero], trimming);
    const session = voice.transcribe(request({ endpointing: true }));
    session.accept(SPEECH_FORMAT, new Uint8Array(0));
    expect(await session.finish()).toEqual({ text: "", model: "" });
    expect(leaser.asked).toEqual([]);
    expect(trace()?.outcome).toBe("done");
  });

  it("cuts silence off before an engine that takes an utterance in one piece", async () => {
    const { voice, leaser } = sessionBench([whisper(), silero], trimming);
    const session = voice.transcribe(request());
    for (const piece of [quiet(2), loud(1), quiet(3)]) session.accept(SPEECH_FORMAT, piece);
    const { text } = await session.finish();
    // A second of speech, 0.3 s around it and at most two frames of 32 ms at its ends.
    expect(Number.parseFloat(text)).toBeGreaterThan(1.5);
    expect(Number.parseFloat(text)).toBeLessThan(1.7);
    expect([leaser.held, leaser.open]).toEqual([0, 0]);
  });

  it("answers silence with no text and without decoding", async () => {
    const { voice } = sessionBench(
      [
        whisper({
          recognise: () => {
            throw new EngineError("engine-failed", "It never gets here.");
          },
        }),
        silero,
      ],
      trimming,
    );
    const session = voice.transcribe(request());
    session.accept(SPEECH_FORMAT, quiet(2));
    expect(await session.finish()).toEqual({ text: "", model: "whisper/tiny" });
  });

  it("leaves out long pauses and shifts word times to the utterance", async () => {
    const { voice } = sessionBench(
      [
        whisper({
          recognise: () => ({
            text: " light ",
            confidence: 0.5,
            words: [{ text: "light", startSeconds: 0.2, endSeconds: 1 }],
          }),
        }),
        silero,
      ],
      trimming,
    );
    const session = voice.transcribe(request());
    for (const piece of [loud(1), quiet(5), loud(1)]) session.accept(SPEECH_FORMAT, piece);
    const { text, words, confidence } = await session.finish();
    expect([text, confidence]).toEqual(["light light", 0.5]);
    expect(words?.map(({ startSeconds }) => Math.round(startSeconds * 10) / 10)).toEqual([0.2, 5.9]);
  });

  it("cuts audio that is too long for the engine even when nobody found the pauses", async () => {
    const { voice } = sessionBench([whisper({ loaded: speechToText({ maxSamples: 16_000 }) })]);
    const session = voice.transcribe(request());
    session.accept(SPEECH_FORMAT, loud(2.5));
    const lengths = (await session.finish()).text.split(" s").map(Number.parseFloat);
    expect(lengths.filter((length) => length > 0)).toHaveLength(3);
    expect(Math.max(...lengths.filter((length) => length > 0))).toBeLessThanOrEqual(1);
  });

  it("goes on untrimmed when voice detection is late", async () => {
    const late = { ...silero, load: () => gate().promise };
    const { voice, clock, leaser } = sessionBench([whisper(), late], trimming);
    const session = voice.transcribe(request());
    session.accept(SPEECH_FORMAT, quiet(2));
    const finished = session.finish();
    await clock.waitedFor(3_000);
    clock.advance(3_000);
    expect((await finished).text).toBe("2 s");
    expect([leaser.held, leaser.open]).toEqual([0, 0]);
  });

  it("answers when the worker dies once, starting over with all of the audio", async () => {
    let deaths = 1;
    const { voice, leaser } = sessionBench([
      vosk({
        partial: () => {
          if (deaths > 0) {
            deaths -= 1;
            leaser.kill("vosk/small");
          }
          return undefined;
        },
      }),
    ]);
    const session = voice.transcribe(request());
    session.accept(SPEECH_FORMAT, loud(0.5));
    await turn();
    session.accept(SPEECH_FORMAT, loud(0.5));
    expect(await session.finish()).toEqual({ text: "all 1 s", confidence: 0.9, model: "vosk/small" });
    expect(leaser.asked).toEqual(["vosk/small", "vosk/small"]);
    expect([leaser.held, leaser.open]).toEqual([0, 0]);
  });

  it("answers with the next model when the worker dies twice, and says why", async () => {
    const bench = sessionBench([
      whisper({
        recognise: () => {
          bench.leaser.kill("whisper/tiny");
          return gate<never>().promise;
        },
      }),
      vosk(),
    ]);
    const { voice, leaser, trace } = bench;
    const session = voice.transcribe(request());
    session.accept(SPEECH_FORMAT, loud(0.5));
    const degraded = "Vosk answers instead of Whisper. whisper/tiny: The worker for whisper/tiny crashed.";
    expect(await session.finish()).toMatchObject({ text: "all 0.5 s", model: "vosk/small", degraded });
    expect(leaser.asked).toEqual(["whisper/tiny", "whisper/tiny", "vosk/small"]);
    expect(trace()).toMatchObject({ model: "vosk/small", degraded, outcome: "done" });
    expect([leaser.held, leaser.open]).toEqual([0, 0]);
  });

  it("answers with the next model when the engine fails", async () => {
    const { voice, leaser } = sessionBench([
      whisper({
        recognise: () => {
          throw new EngineError("engine-failed", "The input is odd.");
        },
      }),
      vosk(),
    ]);
    const session = voice.transcribe(request());
    session.accept(SPEECH_FORMAT, loud(0.5));
    expect((await session.finish()).model).toBe("vosk/small");
    expect(leaser.asked).toEqual(["whisper/tiny", "vosk/small"]);
  });

  it("fails with the reason when no model is left, and only at the end", async () => {
    const { voice, leaser, trace, requests } = sessionBench([]);
    const session = voice.transcribe(request());
    session.accept(SPEECH_FORMAT, loud(0.5));
    await turn();
    session.accept(SPEECH_FORMAT, loud(0.5));
    await expect(session.finish()).rejects.toMatchObject({ code: "no-model" });
    expect(trace()).toMatchObject({ outcome: "failed", error: expect.stringContaining("No model") });
    expect(requests.snapshot()).toMatchObject({ failed: 1, active: 0 });
    expect(leaser.held).toBe(0);
  });

  it("fails when there is no text within the deadline, and lets go of everything", async () => {
    const { voice, clock, leaser, trace } = sessionBench([
      whisper({ recognise: () => gate<never>().promise }),
    ]);
    const session = voice.transcribe(request());
    session.accept(SPEECH_FORMAT, loud(0.5));
    const finished = session.finish();
    await turn();
    clock.advance(DEADLINE_MS);
    await expect(finished).rejects.toMatchObject({ code: "deadline" });
    await turn();
    expect([leaser.held, leaser.open]).toEqual([0, 0]);
    expect(trace()?.outcome).toBe("failed");
  });

  it("counts the deadline from the end of the audio, not from its start", async () => {
    const bench = sessionBench([
      vosk({
        partial: () => {
          if (bench.leaser.asked.length === 1) bench.leaser.kill("vosk/small");
          return undefined;
        },
        ready: false,
      }),
    ]);
    const { voice, clock } = bench;
    const session = voice.transcribe(request());
    clock.advance(2 * DEADLINE_MS);
    session.accept(SPEECH_FORMAT, loud(0.5));
    await turn();
    expect((await session.finish()).text).toBe("all 0.5 s");
  });

  it.each([
    ["before any audio", whisper(), 0],
    ["while the model loads", whisper({ load: () => gate().promise }), 1],
    ["while audio arrives", whisper(), 1],
    ["while a streaming engine decodes", vosk({ partial: () => gate<never>().promise }), 1],
  ])("frees everything when it is cancelled %s", async (_, model, chunks) => {
    const { voice, leaser, trace, requests } = sessionBench([model, silero], trimming);
    const session = voice.transcribe(request({ endpointing: true }));
    for (let n = 0; n < chunks; n += 1) session.accept(SPEECH_FORMAT, loud(0.5));
    await turn();
    session.cancel();
    await turn();
    expect([leaser.held, leaser.open]).toEqual([0, 0]);
    expect(trace()?.outcome).toBe("cancelled");
    expect(requests.snapshot().active).toBe(0);
    session.accept(SPEECH_FORMAT, loud(0.5));
    await expect(session.finish()).rejects.toMatchObject({ code: "cancelled" });
    await turn();
    expect(leaser.held).toBe(0);
  });

  it("frees everything when it is cancelled while it waits for its text", async () => {
    const { voice, leaser, trace } = sessionBench([whisper({ recognise: () => gate<never>().promise })]);
    const session = voice.transcribe(request());
    session.accept(SPEECH_FORMAT, loud(0.5));
    const finished = session.finish();
    await turn();
    expect(leaser.held).toBe(1);
    session.cancel();
    await expect(finished).rejects.toMatchObject({ code: "cancelled" });
    await turn();
    expect([leaser.held, leaser.open]).toEqual([0, 0]);
    expect(trace()?.outcome).toBe("cancelled");
  });

  it("does not wait for a worker that is slow to open, and cancels what it opens later", async () => {
    const opened = gate();
    const { voice, leaser } = sessionBench([vosk({ open: () => opened.promise })]);
    const session = voice.transcribe(request());
    session.accept(SPEECH_FORMAT, loud(0.5));
    await turn();
    session.cancel();
    await turn();
    expect(leaser.held).toBe(0);
    opened.open();
    await turn();
    expect(leaser.open).toBe(0);
  });

  it("gives the same answer to who asks twice", async () => {
    const { voice, leaser } = sessionBench([whisper()]);
    const session = voice.transcribe(request());
    session.accept(SPEECH_FORMAT, loud(0.5));
    const [first, second] = await Promise.all([session.finish(), session.finish()]);
    expect(await session.finish()).toBe(first);
    expect(second).toBe(first);
    session.cancel();
    expect(leaser.asked).toEqual(["whisper/tiny"]);
  });

  it("ignores audio after the end", async () => {
    const { voice } = sessionBench([whisper()]);
    const session = voice.transcribe(request());
    session.accept(SPEECH_FORMAT, loud(0.5));
    const finished = session.finish();
    session.accept(SPEECH_FORMAT, loud(0.5));
    expect((await finished).text).toBe("0.5 s");
  });

  it("fails as a whole when the audio is too long, and lets go of everything", async () => {
    const { voice, leaser, trace } = sessionBench([vosk()], { maxAudioSeconds: 1 });
    const session = voice.transcribe(request());
    session.accept(SPEECH_FORMAT, loud(0.75));
    expect(() => session.accept(SPEECH_FORMAT, loud(0.75))).toThrow(/longer than 1 s/);
    session.accept(SPEECH_FORMAT, loud(0.75));
    await expect(session.finish()).rejects.toMatchObject({ code: "too-long" });
    await turn();
    expect([leaser.held, leaser.open]).toEqual([0, 0]);
    expect(trace()?.outcome).toBe("failed");
  });

  it("tells the end of speech once, and takes what came before it", async () => {
    const { voice } = sessionBench([vosk(), silero], { voiceDetector: silero.id });
    const ends: number[] = [];
    const session = voice.transcribe(request({ endpointing: true, onEndOfSpeech: () => ends.push(1) }));
    for (const piece of [loud(1), quiet(1), loud(1), quiet(1)]) {
      session.accept(SPEECH_FORMAT, piece);
      await turn();
    }
    expect(ends).toEqual([1]);
    expect((await session.finish()).text).toBe("all 2 s");
  });

  it("waits for as long a silence as the request wants", async () => {
    const { voice } = sessionBench([vosk(), silero], { voiceDetector: silero.id });
    const ends: number[] = [];
    const session = voice.transcribe(
      request({ endpointing: true, endSilenceSeconds: 1.5, onEndOfSpeech: () => ends.push(1) }),
    );
    for (const [piece, ended] of [
      [loud(1), []],
      [quiet(1), []],
      [quiet(1), [1]],
    ] as const) {
      session.accept(SPEECH_FORMAT, piece);
      await turn();
      expect(ends).toEqual(ended);
    }
    await session.finish();
  });

  it("does not tell the end of speech to who has ended it", async () => {
    const { voice } = sessionBench([vosk(), silero], { voiceDetector: silero.id });
    const ends: number[] = [];
    const session = voice.transcribe(request({ endpointing: true, onEndOfSpeech: () => ends.push(1) }));
    for (const piece of [loud(1), quiet(1)]) session.accept(SPEECH_FORMAT, piece);
    await session.finish();
    expect(ends).toEqual([]);
  });

  it("ends endless speech at the bound when it was asked to find the end", async () => {
    const { voice } = sessionBench([vosk()], { maxAudioSeconds: 1 });
    const ends: number[] = [];
    const session = voice.transcribe(request({ endpointing: true, onEndOfSpeech: () => ends.push(1) }));
    for (let n = 0; n < 5; n += 1) session.accept(SPEECH_FORMAT, loud(0.75));
    expect((await session.finish()).text).toBe("all 1 s");
    expect(ends).toEqual([1]);
  });

  it("does not take a listener's failure for the engine's", async () => {
    const { voice, leaser } = sessionBench([vosk(), silero], { voiceDetector: silero.id });
    const fail = () => {
      throw new Error("The connection is closed.");
    };
    const session = voice.transcribe(request({ endpointing: true, onPartial: fail, onEndOfSpeech: fail }));
    for (const piece of [loud(1), quiet(1)]) session.accept(SPEECH_FORMAT, piece);
    expect((await session.finish()).model).toBe("vosk/small");
    expect(leaser.asked.filter((id) => id === "vosk/small")).toHaveLength(1);
  });

  it("refuses when too many utterances wait to be decoded", async () => {
    const { voice, leaser } = sessionBench([whisper({ recognise: () => gate<never>().promise })], {
      maxWaiting: 1,
    });
    const sessions = [1, 2, 3].map(() => voice.transcribe(request()));
    for (const session of sessions) session.accept(SPEECH_FORMAT, loud(0.5));
    const finished = sessions.map((session) => session.finish());
    await expect(finished[2]).rejects.toMatchObject({ code: "busy" });
    for (const session of sessions) session.cancel();
    await Promise.allSettled(finished);
    await turn();
    expect([leaser.held, leaser.open]).toEqual([0, 0]);
  });

  it("has the voice for the answer loaded from the first audio on", async () => {
    const piper: ScriptedModel = { id: "piper/thorsten", loaded: textToSpeech() };
    const { voice, leaser } = sessionBench([whisper(), piper]);
    const session = voice.transcribe(request({ language: "de" }));
    expect(leaser.prefetched).toEqual([]);
    session.accept(SPEECH_FORMAT, loud(0.5));
    session.accept(SPEECH_FORMAT, loud(0.5));
    await session.finish();
    expect(leaser.prefetched).toEqual(["piper/thorsten"]);
    expect(leaser.ladderRequests).toContainEqual({ capability: "tts", language: "de" });
  });
});
