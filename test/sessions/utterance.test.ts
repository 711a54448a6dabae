import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { concatSamples } from "../../src/audio/resample.js";
import { Utterance } from "../../src/sessions/utterance.js";
import { collect } from "../fixtures/streams.js";
import { loud, SPEECH_FORMAT, turn } from "../fixtures/voice-pieces.js";

const { signal: never } = new AbortController();

describe("Utterance", () => {
  it("gives every reader all of the audio, from the start, whenever it begins to read", async () => {
    const utterance = new Utterance(10);
    utterance.push(SPEECH_FORMAT, loud(0.5));
    const early = collect(utterance.read(never));
    await turn();
    utterance.push(SPEECH_FORMAT, loud(0.25));
    const later = collect(utterance.read(never));
    await turn();
    utterance.end();
    const afterwards = collect(utterance.read(never));
    const whole = await utterance.whole(never);
    expect(whole).toHaveLength(12_000);
    for (const pieces of await Promise.all([early, later, afterwards])) {
      expect(concatSamples(pieces)).toEqual(whole);
    }
  });

  it("hands out long audio in pieces of a second at most", async () => {
    const utterance = new Utterance(10);
    utterance.push(SPEECH_FORMAT, loud(2.5));
    utterance.end();
    const pieces = await collect(utterance.read(never));
    expect(pieces.map(({ length }) => length)).toEqual([16_000, 16_000, 8_000]);
  });

  it("takes a change of format on the way", async () => {
    const utterance = new Utterance(10);
    utterance.push(SPEECH_FORMAT, loud(0.5));
    utterance.push({ rateHz: 48_000, widthBytes: 2, channels: 2 }, new Uint8Array(48_000 * 4 * 0.5));
    utterance.push({ rateHz: 8_000, widthBytes: 1, channels: 1 }, new Uint8Array(4_000).fill(128));
    utterance.end();
    expect(utterance.samples).toBe(24_000);
    expect(await utterance.whole(never)).toHaveLength(24_000);
    expect(utterance.seconds).toBe(1.5);
  });

  it("refuses a format it cannot work with and goes on with the next", () => {
    const utterance = new Utterance(10);
    expect(() => utterance.push({ ...SPEECH_FORMAT, widthBytes: 7 }, loud(0.1))).toThrow(/7 bytes/);
    utterance.push(SPEECH_FORMAT, loud(0.1));
    expect(utterance.samples).toBe(1600);
  });

  it("keeps no more than its bound, however often too much comes", () => {
    const utterance = new Utterance(1);
    utterance.push(SPEECH_FORMAT, loud(0.75));
    for (let n = 0; n < 5; n += 1) {
      expect(() => utterance.push(SPEECH_FORMAT, loud(0.5))).toThrow(
        expect.objectContaining({ code: "too-long" }),
      );
    }
    utterance.end();
    expect(utterance.samples).toBe(16_000);
  });

  it("ignores audio after its end, and a second end", async () => {
    const utterance = new Utterance(10);
    utterance.push(SPEECH_FORMAT, loud(0.5));
    utterance.end();
    utterance.push(SPEECH_FORMAT, loud(0.5));
    utterance.end();
    expect(await utterance.whole(never)).toHaveLength(8_000);
  });

  it("ends a reader whose signal aborts, and only that", async () => {
    const utterance = new Utterance(10);
    const abort = new AbortController();
    const leaving = collect(utterance.read(abort.signal));
    const staying = collect(utterance.read(never));
    await turn();
    abort.abort(new Error("gone"));
    await expect(leaving).rejects.toThrow("gone");
    utterance.push(SPEECH_FORMAT, loud(0.5));
    utterance.end();
    expect(await staying).toHaveLength(1);
    expect(getEventListeners(abort.signal, "abort")).toEqual([]);
  });

  it("leaves no listener behind when a reader leaves early", async () => {
    const utterance = new Utterance(10);
    const { signal } = new AbortController();
    utterance.push(SPEECH_FORMAT, loud(2.5));
    for await (const _ of utterance.read(signal)) break;
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  it("lets go of its audio when nobody will read it again", async () => {
    const utterance = new Utterance(10);
    utterance.push(SPEECH_FORMAT, loud(0.5));
    utterance.discard();
    expect(await collect(utterance.read(never))).toEqual([]);
    expect(utterance.samples).toBe(8_000);
  });
});
