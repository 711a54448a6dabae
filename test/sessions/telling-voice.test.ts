import { describe, expect, it } from "vitest";
import { Emitter } from "../../src/base/emitter.js";
import { type HeardEvents, TellingVoice } from "../../src/sessions/telling-voice.js";
import { FakeVoices, type FakeVoicesScript } from "../fixtures/fake-voices.js";
import { SPEECH_FORMAT } from "../fixtures/voice-pieces.js";

const origin = { gateway: "wyoming", peer: "10.0.0.7" } as const;

function setUp(script: FakeVoicesScript = {}) {
  const heard = new Emitter<HeardEvents>();
  const told: unknown[] = [];
  heard.on("text", (event) => told.push(event));
  heard.on("wake", (event) => told.push(event));
  return { voice: new TellingVoice(new FakeVoices(script), heard), told };
}

describe("TellingVoice", () => {
  it("tells a text once, when it is there, and who said it", async () => {
    const { voice, told } = setUp();
    const session = voice.transcribe({ origin });
    session.accept(SPEECH_FORMAT, new Uint8Array(32));
    expect(told).toEqual([]);
    const result = await session.finish();
    await session.finish();
    expect(told).toEqual([{ ...result, origin }]);
  });

  it("tells nothing where nothing was said, or nobody waits for the text any more", async () => {
    const { voice, told } = setUp();
    await voice.transcribe({ origin }).finish();
    voice.transcribe({ origin }).cancel();
    expect(told).toEqual([]);
  });

  it("tells no text that could not be found", async () => {
    const { voice, told } = setUp({ sttError: new Error("broken") });
    await expect(voice.transcribe({ origin }).finish()).rejects.toThrow("broken");
    expect(told).toEqual([]);
  });

  it("tells each wake word after the peer that listens", () => {
    const { voice, told } = setUp({ wake: { word: "alexa", afterBytes: 4 } });
    const order: number[] = [];
    const session = voice.detectWake({
      origin,
      words: [],
      onDetection: () => order.push(told.length),
      onError: () => undefined,
    });
    session.accept(SPEECH_FORMAT, new Uint8Array(4));
    session.accept(SPEECH_FORMAT, new Uint8Array(4));
    expect(order).toEqual([0, 1]);
    expect(told).toEqual(Array(2).fill({ word: "alexa", score: 0.91, atMs: 0, origin }));
  });
});
