import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { LiveAudio } from "../../src/sessions/live-audio.js";
import { collect } from "../fixtures/streams.js";
import { loud, SPEECH_FORMAT, turn } from "../fixtures/voice-pieces.js";

const { signal: never } = new AbortController();

describe("LiveAudio", () => {
  it("hands on what arrives, before and while it is read", async () => {
    const audio = new LiveAudio(4);
    audio.push(SPEECH_FORMAT, loud(0.25));
    const read = collect(audio.read(never));
    await turn();
    audio.push(SPEECH_FORMAT, loud(0.5));
    audio.end();
    expect((await read).map(({ samples, endSample }) => [samples.length, endSample])).toEqual([
      [4_000, 4_000],
      [8_000, 12_000],
    ]);
  });

  it("drops the oldest audio of a slow reader and still tells where the rest lies", async () => {
    const audio = new LiveAudio(1);
    for (let n = 0; n < 20; n += 1) audio.push(SPEECH_FORMAT, loud(0.25));
    audio.end();
    const pieces = await collect(audio.read(never));
    expect(pieces).toHaveLength(4);
    expect(audio.droppedSamples).toBe(64_000);
    expect(pieces.at(0)?.endSample).toBe(68_000);
    expect(pieces.at(-1)?.endSample).toBe(80_000);
  });

  it("takes a change of format on the way", async () => {
    const audio = new LiveAudio(4);
    audio.push({ rateHz: 8_000, widthBytes: 1, channels: 1 }, new Uint8Array(8_000).fill(128));
    audio.push(SPEECH_FORMAT, loud(0.5));
    audio.end();
    expect((await collect(audio.read(never))).at(-1)?.endSample).toBe(24_000);
  });

  it("keeps quiet about what waits when its signal aborts", async () => {
    const audio = new LiveAudio(4);
    const abort = new AbortController();
    const lengths: number[] = [];
    for (let n = 0; n < 4; n += 1) audio.push(SPEECH_FORMAT, loud(0.25));
    for await (const { samples } of audio.read(abort.signal)) {
      lengths.push(samples.length);
      abort.abort();
    }
    expect(lengths).toEqual([4_000]);
    expect(getEventListeners(abort.signal, "abort")).toEqual([]);
  });

  it("ends a reader that waits when its signal aborts", async () => {
    const audio = new LiveAudio(4);
    const abort = new AbortController();
    const read = collect(audio.read(abort.signal));
    await turn();
    abort.abort();
    expect(await read).toEqual([]);
  });

  it("goes on with another reader where the first has left", async () => {
    const audio = new LiveAudio(4);
    audio.push(SPEECH_FORMAT, loud(0.25));
    audio.push(SPEECH_FORMAT, loud(0.5));
    for await (const _ of audio.read(never)) break;
    audio.end();
    expect((await collect(audio.read(never))).map(({ samples }) => samples.length)).toEqual([8_000]);
  });

  it("ignores audio after its end, whatever its format", async () => {
    const audio = new LiveAudio(4);
    audio.end();
    audio.push({ ...SPEECH_FORMAT, widthBytes: 9 }, loud(0.25));
    expect(await collect(audio.read(never))).toEqual([]);
  });
});
