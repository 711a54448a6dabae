import { describe, expect, it } from "vitest";
import { systemClock } from "../../../src/base/clock.js";
import { EngineError } from "../../../src/base/errors.js";
import { WYOMING_LIMITS } from "../../../src/gateways/wyoming/options.js";
import { rehearse } from "../../../src/gateways/wyoming/rehearse.js";
import { FakeVoice, type Script, spoken } from "../../fixtures/fake-voice.js";
import { HandClock } from "../../fixtures/hand-clock.js";
import { recordingLogger } from "../../fixtures/recording-logger.js";
import { MODELS, PROGRAM } from "../../fixtures/wyoming-server.js";

const SPEECH = { name: "de_DE-thorsten-medium", language: "de_DE", text: "Es ist 7 Uhr." };

function stage(script: Partial<Script> = {}, clock = systemClock) {
  const voice = new FakeVoice(script);
  const log = recordingLogger();
  const options = {
    host: "0.0.0.0",
    port: 10_300,
    program: PROGRAM,
    endpointing: false,
    transcriptStreaming: false,
    synthesizeStreaming: true,
    limits: WYOMING_LIMITS,
  };
  const leave = new AbortController();
  const run = () => rehearse({ voice, manifests: () => MODELS, clock, log, options }, [SPEECH], leave.signal);
  return { voice, run, leave };
}

describe("a rehearsal of requests", () => {
  it("has a voice speak some times, as peers would ask it to", async () => {
    const { voice, run } = stage();
    await run();
    expect(voice.syntheses.length).toBeGreaterThan(2);
    for (const { request } of voice.syntheses) {
      expect(request).toMatchObject({ text: SPEECH.text, origin: { gateway: "wyoming" } });
    }
  });

  it("asks a slow voice once", async () => {
    const clock = new HandClock();
    const { voice, run } = stage(
      {
        synthesize: ({ rateHz = 22_050 }) => {
          clock.advance(400);
          const format = { rateHz, widthBytes: 2, channels: 1 } as const;
          return { format: Promise.resolve(format), audio: spoken("") };
        },
      },
      clock,
    );
    await run();
    expect(voice.syntheses).toHaveLength(1);
  });

  it("tells of a voice that cannot speak", async () => {
    const failure = new EngineError("engine-failed", "The voice is hoarse.");
    const format = Promise.reject(failure);
    format.catch(() => undefined);
    const { run } = stage({
      synthesize: () => ({
        format,
        // biome-ignore lint/correctness/useYield: it fails before the first piece
        audio: (async function* () {
          throw failure;
        })(),
      }),
    });
    await expect(run()).rejects.toThrow(/hoarse|engine/);
  });

  it("ends when it is told to, with the reason", async () => {
    const { run, leave } = stage({
      synthesize: () => {
        leave.abort(new Error("the program is stopping"));
        return { format: new Promise(() => undefined), audio: spoken("") };
      },
    });
    await expect(run()).rejects.toThrow("the program is stopping");
  });
});
