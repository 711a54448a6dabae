import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  DESCRIBE,
  SATELLITE,
  STREAMED_TTS,
  STT,
  type Step,
  TTS,
  WAKE,
} from "../../fixtures/home-assistant.js";
import { mutate, mutation } from "../../fixtures/mutations.js";
import { startServer } from "../../fixtures/wyoming-server.js";

/** Far more than it takes on an idle machine; a busy one may need it. */
const MOST_MS = 600_000;

const RUNS = Number(process.env["IRENE_FUZZ_CONNECTIONS"] ?? 2_000);

const sent = (steps: readonly Step[]): Buffer[] =>
  steps.flatMap((step) => ("send" in step ? [step.send] : []));
const EVENTS = [DESCRIBE, STT, TTS, STREAMED_TTS, WAKE, SATELLITE].flatMap((steps) =>
  sent(steps).slice(0, 9),
);

/** All that a peer may be told; above all, nothing of mistakes of ours. */
const CODES = ["malformed-frame", "frame-too-large", "frame-truncated", "unsupported-audio", "too-long"];

describe("the server", () => {
  it(
    `survives ${RUNS.toLocaleString("en")} connections with events in any order and spoiled, and says what was wrong`,
    async () => {
      const { connect, log, voice, server } = await startServer();
      const stream = fc.record({
        events: fc.array(fc.nat({ max: EVENTS.length - 1 }), { minLength: 1, maxLength: 8 }),
        changes: fc.array(mutation, { maxLength: 2 }),
        cut: fc.nat({ max: 2_000 }),
      });
      const outcomes = new Map<string, number>();
      await fc.assert(
        fc.asyncProperty(stream, async ({ events, changes, cut }) => {
          const bytes = changes.reduce(
            mutate,
            Buffer.concat(events.map((index) => EVENTS[index] ?? Buffer.alloc(0))),
          );
          const client = await connect();
          client.sendRaw(bytes.subarray(0, cut));
          await client.flushed();
          client.sendRaw(bytes.subarray(cut));
          client.end();
          const received = await client.untilClosed();
          await client.closed;
          const errors = received
            .filter(({ type }) => type === "error")
            .map(({ data }) => String(data["code"]));
          for (const code of errors) expect(CODES).toContain(code);
          expect(errors.length).toBeLessThanOrEqual(1);
          outcomes.set(errors[0] ?? "none", (outcomes.get(errors[0] ?? "none") ?? 0) + 1);
        }),
        { numRuns: RUNS },
      );
      expect(log.lines.filter(({ level }) => level === "error" || level === "warn")).toEqual([]);
      // Whatever was begun was ended: by its own end, or by that of its peer.
      await server.close();
      expect(voice.wakes.filter(({ isClosed }) => !isClosed)).toEqual([]);
      expect(
        voice.transcriptions.filter(({ isCancelled, isFinished }) => !isCancelled && !isFinished),
      ).toEqual([]);
      if (RUNS >= 1_000)
        expect([...outcomes.keys()]).toEqual(
          expect.arrayContaining(["none", "malformed-frame", "frame-truncated"]),
        );
    },
    MOST_MS,
  );
});
