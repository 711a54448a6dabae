import { describe, expect, it } from "vitest";
import type { WakeHit, WakeOptions } from "../../src/engines/capability.js";
import type { DetectWakeRequest } from "../../src/sessions/voice.js";
import { type ScriptedModel, speechToText, wakeDetector } from "../fixtures/scripted-leaser.js";
import { DEADLINE_MS, sessionBench } from "../fixtures/session-bench.js";
import { gate, loud, quiet, SPEECH_FORMAT, turn } from "../fixtures/voice-pieces.js";

/** Hears its first word in anything loud. */
function detector(change: Partial<ScriptedModel> = {}): ScriptedModel {
  return {
    id: "openwakeword/all",
    title: "openWakeWord",
    loaded: wakeDetector("hey_jarvis", "alexa"),
    wake: (samples, { words }) =>
      samples.some((sample) => sample > 0.1) ? [{ word: words[0] ?? "any", score: 0.9, atMs: 100 }] : [],
    ...change,
  };
}

function listener(change: Partial<DetectWakeRequest> = {}) {
  const hits: WakeHit[] = [];
  const errors: Error[] = [];
  const request: DetectWakeRequest = {
    origin: { gateway: "wyoming" },
    words: [],
    onDetection: (hit) => hits.push(hit),
    onError: (error) => errors.push(error),
    ...change,
  };
  return { hits, errors, request };
}

describe("WakeDetection", () => {
  it("tells what it hears for as long as it is fed", async () => {
    const { voice, leaser, trace } = sessionBench([detector()]);
    const { hits, errors, request } = listener();
    const session = voice.detectWake(request);
    for (const piece of [quiet(0.5), loud(0.5), quiet(0.5), loud(0.5)]) {
      session.accept(SPEECH_FORMAT, piece);
      await turn();
    }
    expect(hits).toHaveLength(2);
    expect(hits[0]).toEqual({ word: "hey_jarvis", score: 0.9, atMs: 100 });
    expect(trace()).toMatchObject({ id: session.id, outcome: "running", model: "openwakeword/all" });
    session.close();
    await turn();
    expect([leaser.held, leaser.open, errors.length]).toEqual([0, 0, 0]);
    expect(trace()?.outcome).toBe("done");
  });

  it.each([
    ["the words asked for", ["alexa"], ["alexa"]],
    ["only those it knows", ["computer", "alexa"], ["alexa"]],
    ["all when none is named", [], ["hey_jarvis", "alexa"]],
  ])("listens for %s", async (_, words, expected) => {
    const options: WakeOptions[] = [];
    const { voice, leaser } = sessionBench([
      detector({
        wake: (_samples, given) => {
          options.push(given);
          return [];
        },
      }),
    ]);
    const session = voice.detectWake(listener({ words }).request);
    session.accept(SPEECH_FORMAT, loud(0.1));
    await turn();
    expect(options).toEqual([{ words: expected, threshold: 0.5, triggerLevel: 1, refractoryMs: 1_000 }]);
    expect(leaser.heardFor).toEqual([words]);
    session.close();
  });

  it("keeps the newest audio while its detector loads, and counts time by what was sent", async () => {
    const loaded = gate();
    const { voice } = sessionBench([detector({ load: () => loaded.promise })]);
    const { hits, request } = listener();
    const session = voice.detectWake(request);
    for (let n = 0; n < 10; n += 1) session.accept(SPEECH_FORMAT, loud(1));
    loaded.open();
    await turn();
    // Four of ten seconds were kept: six came before the first that the detector got.
    expect(hits.map(({ atMs }) => atMs)).toEqual([6_100, 6_100, 6_100, 6_100]);
    session.close();
  });

  it("says nothing more once it is closed, whatever audio waits", async () => {
    const { voice, leaser } = sessionBench([detector()]);
    const { hits, errors, request } = listener({ onDetection: () => undefined });
    const session = voice.detectWake({
      ...request,
      onDetection: (hit) => {
        hits.push(hit);
        session.close();
      },
    });
    for (let n = 0; n < 4; n += 1) session.accept(SPEECH_FORMAT, loud(0.5));
    await turn();
    session.accept(SPEECH_FORMAT, loud(0.5));
    session.close();
    await turn();
    expect([hits.length, errors.length]).toEqual([1, 0]);
    expect([leaser.held, leaser.open]).toEqual([0, 0]);
  });

  it("frees everything when it is closed while its detector loads", async () => {
    const { voice, leaser, trace } = sessionBench([detector({ load: () => gate().promise })]);
    const { errors, request } = listener();
    const session = voice.detectWake(request);
    await turn();
    session.close();
    await turn();
    expect([leaser.held, errors.length]).toEqual([0, 0]);
    expect(trace()?.outcome).toBe("done");
  });

  it("goes on listening when its detector dies", async () => {
    const { voice, leaser } = sessionBench([detector()]);
    const { hits, errors, request } = listener();
    const session = voice.detectWake(request);
    session.accept(SPEECH_FORMAT, quiet(0.5));
    await turn();
    leaser.kill("openwakeword/all");
    session.accept(SPEECH_FORMAT, quiet(0.5));
    await turn();
    session.accept(SPEECH_FORMAT, loud(0.5));
    await turn();
    // The new detector counts from its own beginning: a second had gone by.
    expect(hits.map(({ atMs }) => atMs)).toEqual([1_100]);
    expect([leaser.held, errors.length]).toEqual([1, 0]);
    session.close();
    await turn();
    expect([leaser.held, leaser.open]).toEqual([0, 0]);
  });

  it("reports a detector that keeps dying, once, and gives it back", async () => {
    const { voice, leaser, trace } = sessionBench([detector()]);
    const { errors, request } = listener();
    const session = voice.detectWake(request);
    for (let n = 0; n < 4; n += 1) {
      await turn();
      leaser.kill("openwakeword/all");
      session.accept(SPEECH_FORMAT, quiet(0.5));
    }
    await turn();
    expect(errors).toEqual([expect.objectContaining({ code: "worker-crashed" })]);
    expect(leaser.asked).toHaveLength(2);
    expect(leaser.held).toBe(0);
    expect(trace()?.outcome).toBe("failed");
    session.close();
  });

  it("tries again each time a detector dies that had worked for a minute", async () => {
    const { voice, leaser, clock } = sessionBench([detector()]);
    const { hits, errors, request } = listener();
    const session = voice.detectWake(request);
    for (let week = 0; week < 5; week += 1) {
      await turn();
      clock.advance(7 * 86_400_000);
      leaser.kill("openwakeword/all");
      session.accept(SPEECH_FORMAT, quiet(0.5));
    }
    await turn();
    session.accept(SPEECH_FORMAT, loud(0.5));
    await turn();
    expect([hits.length, errors.length]).toEqual([1, 0]);
    expect(leaser.asked).toHaveLength(6);
    session.close();
  });

  it("hears words of several models at once, each by its own", async () => {
    const jarvis = detector({ id: "openwakeword/hey_jarvis", loaded: wakeDetector("hey_jarvis") });
    const alexa = detector({ id: "openwakeword/alexa", loaded: wakeDetector("alexa") });
    const mycroft = detector({ id: "openwakeword/hey_mycroft", loaded: wakeDetector("hey_mycroft") });
    const { voice, leaser } = sessionBench([jarvis, alexa, mycroft]);
    const { hits, errors, request } = listener({ words: ["hey_jarvis", "alexa", "computer"] });
    const session = voice.detectWake(request);
    session.accept(SPEECH_FORMAT, loud(0.5));
    await session.finish?.();
    expect(hits.map(({ word }) => word).sort()).toEqual(["alexa", "hey_jarvis"]);
    expect([leaser.asked, errors]).toEqual([["openwakeword/hey_jarvis", "openwakeword/alexa"], []]);
    session.close();
    expect([leaser.held, leaser.open]).toEqual([0, 0]);
  });

  it("goes on with the other words when one cannot be had, and counts their time right", async () => {
    const broken = detector({
      id: "openwakeword/hey_jarvis",
      loaded: wakeDetector("hey_jarvis"),
      load: () => {
        throw new Error("The file is damaged.");
      },
    });
    const alexa = detector({ id: "openwakeword/alexa", loaded: wakeDetector("alexa") });
    const { voice, leaser, trace } = sessionBench([broken, alexa]);
    const { hits, errors, request } = listener();
    const session = voice.detectWake(request);
    for (let n = 0; n < 3; n += 1) {
      session.accept(SPEECH_FORMAT, loud(0.5));
      await turn();
    }
    expect(hits.map(({ word, atMs }) => [word, atMs])).toEqual(Array(3).fill(["alexa", 100]));
    expect([errors.length, leaser.held, trace()?.outcome]).toEqual([0, 1, "running"]);
    session.close();
  });

  it("reports words that nobody hears, and what to write when none is chosen", async () => {
    const bench = sessionBench([detector()]);
    const { errors, request } = listener({ words: ["computer"] });
    bench.voice.detectWake(request);
    const none = listener();
    sessionBench([]).voice.detectWake(none.request);
    await turn();
    expect(errors).toEqual([expect.objectContaining({ message: expect.stringContaining("computer") })]);
    expect(none.errors).toEqual([
      expect.objectContaining({ message: expect.stringContaining("wake_words: [hey_jarvis]") }),
    ]);
    expect(bench.leaser.asked).toEqual([]);
  });

  it("reports that no detector can be had", async () => {
    const { errors, request } = listener();
    sessionBench([]).voice.detectWake(request);
    await turn();
    expect(errors).toEqual([expect.objectContaining({ code: "no-model" })]);
  });

  it("reports a detector that does not become ready in time", async () => {
    const { voice, clock } = sessionBench([detector({ ready: false, load: () => gate().promise })]);
    const { errors, request } = listener();
    voice.detectWake(request);
    await clock.waitedFor(DEADLINE_MS);
    clock.advance(DEADLINE_MS);
    await turn();
    expect(errors).toEqual([expect.objectContaining({ code: "deadline" })]);
  });

  it("survives a listener that fails", async () => {
    const { voice, leaser } = sessionBench([detector()]);
    let heard = 0;
    const { errors, request } = listener({
      onDetection: () => {
        heard += 1;
        throw new Error("The connection is closed.");
      },
    });
    const session = voice.detectWake(request);
    for (let n = 0; n < 3; n += 1) session.accept(SPEECH_FORMAT, loud(0.5));
    await turn();
    expect([heard, errors.length, leaser.held]).toEqual([3, 0, 1]);
    session.close();
  });

  it("does not let the failure of an error listener out", async () => {
    const { voice, trace } = sessionBench([]);
    const fail = () => {
      throw new Error("The connection is closed.");
    };
    voice.detectWake(listener({ onError: fail }).request);
    await turn();
    expect(trace()?.outcome).toBe("failed");
  });

  it("has the model for the command loaded as soon as the word is heard", async () => {
    const whisper: ScriptedModel = { id: "whisper/tiny", loaded: speechToText() };
    const { voice, leaser } = sessionBench([detector(), whisper], { defaultLanguage: "de" });
    const session = voice.detectWake(listener().request);
    session.accept(SPEECH_FORMAT, quiet(0.5));
    await turn();
    expect(leaser.prefetched).toEqual([]);
    session.accept(SPEECH_FORMAT, loud(0.5));
    await turn();
    expect(leaser.prefetched).toEqual(["whisper/tiny"]);
    expect(leaser.ladderRequests.at(-1)).toEqual({ capability: "stt", language: "de" });
    session.close();
  });
});
