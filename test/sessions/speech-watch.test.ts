import { describe, expect, it } from "vitest";
import { silentLogger } from "../../src/base/logger.js";
import { type EndOfSpeech, SpeechWatch } from "../../src/sessions/speech-watch.js";
import { Utterance } from "../../src/sessions/utterance.js";
import { HandClock } from "../fixtures/hand-clock.js";
import {
  ScriptedLeaser,
  type ScriptedModel,
  speechToText,
  voiceDetector,
} from "../fixtures/scripted-leaser.js";
import { gate, loud, quiet, SPEECH_FORMAT, turn } from "../fixtures/voice-pieces.js";

const vad = (change: Partial<ScriptedModel> = {}): ScriptedModel => ({
  id: "silero/vad",
  loaded: voiceDetector,
  ...change,
});

function setUp(model: ScriptedModel = vad()) {
  const clock = new HandClock();
  const leaser = new ScriptedLeaser(clock, [model]);
  const warnings: string[] = [];
  const log = { ...silentLogger, warn: (message: string) => warnings.push(message) };
  return { clock, leaser, warnings, watch: new SpeechWatch({ leaser, model: "silero/vad", log }) };
}

function endOfSpeech(change: Partial<EndOfSpeech> = {}) {
  const ends: number[] = [];
  const given: EndOfSpeech = {
    threshold: 0.5,
    minSpeechSeconds: 0.3,
    silenceSeconds: 0.6,
    onEnd: () => ends.push(1),
    ...change,
  };
  return { ends, given };
}

const { signal: never } = new AbortController();

describe("SpeechWatch", () => {
  it("finds a probability for each whole frame of the utterance and gives its detector back", async () => {
    const { watch, leaser } = setUp();
    const utterance = new Utterance(10);
    const found = watch.follow(utterance, never);
    utterance.push(SPEECH_FORMAT, loud(0.5));
    await turn();
    utterance.push(SPEECH_FORMAT, quiet(0.5));
    utterance.end();
    const heard = await found;
    expect(heard?.frameSamples).toBe(512);
    expect(heard?.probabilities).toHaveLength(31);
    expect(heard?.probabilities[0]).toBe(1);
    expect(heard?.probabilities[30]).toBe(0);
    expect([leaser.held, leaser.open]).toEqual([0, 0]);
  });

  it.each([
    ["speech and enough silence", [loud(1), quiet(0.7)], 1],
    ["silence before speech", [quiet(3)], 0],
    ["too short a sound", [loud(0.2), quiet(3)], 0],
    ["a pause inside speech", [loud(1), quiet(0.5), loud(1), quiet(0.5)], 0],
    ["a second sentence after the end", [loud(1), quiet(0.7), loud(1), quiet(3)], 1],
    ["everything in one long piece", [Buffer.concat([loud(1), quiet(3), loud(1), quiet(3)])], 1],
  ])("tells the end of speech as often as it comes: %s", async (_, pieces, times) => {
    const { watch } = setUp();
    const { ends, given } = endOfSpeech();
    const utterance = new Utterance(60);
    const found = watch.follow(utterance, never, given);
    for (const piece of pieces) {
      utterance.push(SPEECH_FORMAT, piece);
      await turn();
    }
    utterance.end();
    await found;
    expect(ends).toHaveLength(times);
  });

  it("does without a detector that cannot be had, and says so", async () => {
    const { watch, leaser, warnings } = setUp(
      vad({
        load: () => {
          throw new Error("The file is damaged.");
        },
      }),
    );
    const utterance = new Utterance(10);
    expect(await watch.follow(utterance, never)).toBeUndefined();
    expect(warnings).toEqual(["Voice detection is not available: The file is damaged."]);
    expect(leaser.held).toBe(0);
  });

  it("does without a model that is no voice detector", async () => {
    const { watch, leaser } = setUp(vad({ loaded: speechToText() }));
    expect(await watch.follow(new Utterance(10), never)).toBeUndefined();
    expect(leaser.held).toBe(0);
  });

  it("does not wait longer than its own deadline for the detector", async () => {
    const { watch, clock } = setUp(vad({ load: () => gate().promise }));
    const found = watch.follow(new Utterance(10), never);
    await clock.waitedFor(15_000);
    clock.advance(15_000);
    expect(await found).toBeUndefined();
  });

  it("does without a detector that dies on the way", async () => {
    const { watch, leaser, warnings } = setUp();
    const utterance = new Utterance(10);
    const found = watch.follow(utterance, never);
    utterance.push(SPEECH_FORMAT, loud(0.5));
    await turn();
    leaser.kill("silero/vad");
    utterance.push(SPEECH_FORMAT, loud(0.5));
    expect(await found).toBeUndefined();
    expect(warnings).toHaveLength(1);
    expect(leaser.held).toBe(0);
  });

  it.each([
    ["waits for the detector", vad({ load: () => gate().promise })],
    ["waits for audio", vad()],
  ])("gives everything back without a warning when the request goes away while it %s", async (_, model) => {
    const { watch, leaser, warnings } = setUp(model);
    const abort = new AbortController();
    const utterance = new Utterance(10);
    const found = watch.follow(utterance, abort.signal);
    utterance.push(SPEECH_FORMAT, loud(0.5));
    await turn();
    abort.abort(new Error("gone"));
    expect(await found).toBeUndefined();
    expect([leaser.held, leaser.open, warnings.length]).toEqual([0, 0, 0]);
  });
});
