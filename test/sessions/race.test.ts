import { getEventListeners } from "node:events";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Transcript } from "../../src/engines/capability.js";
import { isConfident, race } from "../../src/sessions/race.js";
import { HandClock } from "../fixtures/hand-clock.js";
import { type Gate, gate, turn } from "../fixtures/voice-pieces.js";

const PATIENCE_MS = 1_500;

/** As many runners as asked for, whose answers the test gives. */
function setUp(count: number) {
  const clock = new HandClock();
  const abort = new AbortController();
  const ended = gate();
  const runs: Gate<Transcript>[] = Array.from({ length: count }, () => gate<Transcript>());
  const signals: AbortSignal[] = [];
  const contenders = runs.map(({ promise }) => (signal: AbortSignal) => {
    signals.push(signal);
    return promise;
  });
  const options = { clock, ended: ended.promise, patienceMs: PATIENCE_MS, minConfidence: 0.6 };
  const result = race(contenders, { ...options, signal: abort.signal });
  const state = { settled: false };
  const settle = () => {
    state.settled = true;
  };
  result.then(settle, settle);
  return {
    result,
    signals,
    abort,
    async answer(rank: number, text: string, confidence?: number) {
      runs[rank]?.open({ text, ...(confidence === undefined ? {} : { confidence }) });
      await turn();
    },
    async fail(rank: number, message: string) {
      runs[rank]?.fail(new Error(message));
      await turn();
    },
    async end() {
      ended.open();
      await turn();
    },
    async runOutOfPatience() {
      clock.advance(PATIENCE_MS);
      await turn();
    },
    settled: async () => {
      await turn();
      return state.settled;
    },
  };
}

describe("isConfident", () => {
  it.each([
    [{ text: "light on" }, true],
    [{ text: "light on", confidence: 0.6 }, true],
    [{ text: "light on", confidence: 0.59 }, false],
    [{ text: " ", confidence: 1 }, false],
  ])("%j: %s", (transcript, expected) => {
    expect(isConfident(transcript, 0.6)).toBe(expected);
  });
});

describe("race", () => {
  it("takes the best-ranked confident answer at once and stops the others", async () => {
    const { result, answer, signals } = setUp(3);
    await answer(0, "first", 0.9);
    expect((await result).text).toBe("first");
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true, true]);
  });

  it("waits for a better-ranked answer while there is patience", async () => {
    const { result, answer, end, settled } = setUp(2);
    await answer(1, "second", 0.9);
    await end();
    expect(await settled()).toBe(false);
    await answer(0, "first", 0.9);
    expect((await result).text).toBe("first");
  });

  it("takes the confident answer there is when patience runs out", async () => {
    const { result, answer, end, runOutOfPatience, signals } = setUp(2);
    await answer(1, "second", 0.9);
    await end();
    await runOutOfPatience();
    expect((await result).text).toBe("second");
    expect(signals[0]?.aborted).toBe(true);
  });

  it("does not lose patience while people still speak", async () => {
    const { answer, runOutOfPatience, settled } = setUp(2);
    await answer(1, "second", 0.9);
    await runOutOfPatience();
    expect(await settled()).toBe(false);
  });

  it("takes the next answer when a better-ranked one is not confident", async () => {
    const { result, answer } = setUp(2);
    await answer(0, "mumble", 0.2);
    await answer(1, "second");
    expect((await result).text).toBe("second");
  });

  it("takes the next answer when a better-ranked engine failed", async () => {
    const { result, answer, fail } = setUp(2);
    await fail(0, "broken");
    await answer(1, "second");
    expect((await result).text).toBe("second");
  });

  it("takes an unsure answer when patience runs out and nothing better is there", async () => {
    const { result, answer, end, runOutOfPatience } = setUp(2);
    await answer(0, "mumble", 0.2);
    await end();
    await runOutOfPatience();
    expect((await result).text).toBe("mumble");
  });

  it("takes the first answer to come when patience ran out before any", async () => {
    const { result, answer, end, runOutOfPatience, settled } = setUp(3);
    await end();
    await runOutOfPatience();
    await answer(2, "");
    expect(await settled()).toBe(false);
    await answer(1, "mumble", 0.1);
    expect((await result).text).toBe("mumble");
  });

  it("takes the best-ranked unsure answer when all have answered", async () => {
    const { result, answer } = setUp(3);
    await answer(2, "third", 0.4);
    await answer(1, "second", 0.1);
    await answer(0, "");
    expect((await result).text).toBe("second");
  });

  it("hears nothing when nobody heard anything, even if one failed", async () => {
    const { result, answer, fail } = setUp(2);
    await fail(0, "broken");
    await answer(1, "");
    expect((await result).text).toBe("");
  });

  it("fails as the best-ranked did when all fail", async () => {
    const { result, fail, settled } = setUp(2);
    await fail(1, "also broken");
    expect(await settled()).toBe(false);
    await fail(0, "broken");
    await expect(result).rejects.toThrow("broken");
  });

  it("passes an abort on to all who run and leaves nothing behind", async () => {
    const { result, abort, signals, fail } = setUp(2);
    abort.abort(new Error("gone"));
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
    await fail(0, "gone");
    await fail(1, "gone");
    await expect(result).rejects.toThrow("gone");
    expect(getEventListeners(abort.signal, "abort")).toEqual([]);
  });

  it("always comes to a result, and to a confident one when there was any in time", async () => {
    const outcome = fc.oneof(
      fc.record({ text: fc.constantFrom("", "words"), confidence: fc.constantFrom(undefined, 0.1, 0.9) }),
      fc.constant("fails" as const),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(outcome, { minLength: 1, maxLength: 4 }),
        fc.infiniteStream(fc.nat(100)),
        async (outcomes, random) => {
          const { result, answer, fail, settled } = setUp(outcomes.length);
          const order = outcomes
            .map((_, rank) => ({ rank, at: random.next().value }))
            .sort((a, b) => a.at - b.at);
          for (const { rank } of order) {
            const given = outcomes[rank];
            if (!given || given === "fails") await fail(rank, "broken");
            else await answer(rank, given.text, given.confidence);
          }
          expect(await settled()).toBe(true);
          const answers = outcomes.filter((given) => given !== "fails");
          if (answers.length === 0) {
            await expect(result).rejects.toThrow("broken");
            return;
          }
          const best = answers.find(({ text, confidence }) => text !== "" && confidence !== 0.1);
          const any = best ?? answers.find(({ text }) => text !== "") ?? answers[0];
          const { text, confidence } = await result;
          expect([text, confidence]).toEqual([any?.text, any?.confidence]);
        },
      ),
      { numRuns: 60 },
    );
  });
});
