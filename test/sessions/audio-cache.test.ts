import { describe, expect, it } from "vitest";
import { AudioCache, type SpokenKey } from "../../src/sessions/audio-cache.js";
import { SPEECH_FORMAT } from "../fixtures/voice-pieces.js";

const key = (change: Partial<SpokenKey> = {}): SpokenKey => ({
  voice: "piper/amy",
  text: "Hello",
  ...change,
});
const audio = (bytes: number) => ({ format: SPEECH_FORMAT, pieces: [new Uint8Array(bytes)] });

describe("AudioCache", () => {
  it("gives back what was put, as it was put", () => {
    const cache = new AudioCache(100_000);
    const kept = audio(4_000);
    cache.put(key(), kept);
    expect(cache.get(key())).toBe(kept);
  });

  it.each([
    ["voice", { voice: "piper/joe" }],
    ["text", { text: "hello" }],
    ["language", { language: "de" }],
    ["speaker", { speaker: "mary" }],
    ["speed", { speed: 1.5 }],
    ["rate", { rateHz: 8_000 }],
    ["markup", { ssml: true }],
  ])("tells apart what differs in its %s", (_, change) => {
    const cache = new AudioCache(100_000);
    cache.put(key(), audio(4_000));
    expect(cache.get(key(change))).toBeUndefined();
  });

  it("takes normal speed for no speed named", () => {
    const cache = new AudioCache(100_000);
    cache.put(key({ speed: 1 }), audio(4_000));
    expect(cache.get(key())).toBeDefined();
  });

  it("forgets the sentence heard longest ago when room is needed", () => {
    const cache = new AudioCache(20_000);
    for (const text of ["a", "b", "c", "d"]) cache.put(key({ text }), audio(4_000));
    expect(cache.get(key({ text: "a" }))).toBeDefined();
    cache.put(key({ text: "e" }), audio(4_000));
    const left = ["a", "b", "c", "d", "e"].filter((text) => cache.get(key({ text })));
    expect(left).toEqual(["a", "c", "d", "e"]);
  });

  it("never holds more than it may, however much is put", () => {
    const cache = new AudioCache(20_000);
    for (let n = 0; n < 200; n += 1) {
      cache.put(key({ text: `${n % 30}` }), audio(n * 37));
      expect(cache.bytes).toBeLessThanOrEqual(20_000);
    }
    expect(cache.bytes).toBeGreaterThan(0);
  });

  it("counts a sentence put again once", () => {
    const cache = new AudioCache(100_000);
    cache.put(key(), audio(4_000));
    const { bytes } = cache;
    cache.put(key(), audio(4_000));
    expect(cache.bytes).toBe(bytes);
  });

  it("does not let one long text push out everything else", () => {
    const cache = new AudioCache(20_000);
    cache.put(key({ text: "short" }), audio(1_000));
    cache.put(key({ text: "long" }), audio(6_000));
    expect(cache.get(key({ text: "long" }))).toBeUndefined();
    expect(cache.get(key({ text: "short" }))).toBeDefined();
  });

  it("keeps nothing at size 0", () => {
    const cache = new AudioCache(0);
    cache.put(key(), audio(0));
    expect([cache.get(key()), cache.bytes]).toEqual([undefined, 0]);
  });
});
