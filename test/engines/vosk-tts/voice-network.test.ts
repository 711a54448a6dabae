import { afterAll, afterEach, describe, expect, it } from "vitest";
import type { VoskTtsKind } from "../../../src/engines/vosk-tts/model-config.js";
import { openVoice } from "../../../src/engines/vosk-tts/open-voice.js";
import type { VoiceNetwork } from "../../../src/engines/vosk-tts/voice-network.js";
import { HIDDEN, idsFor, SyntheticVoices, type VoiceOptions } from "../../fixtures/vosk-voices.js";
import { loadSpec } from "../../fixtures/workers.js";

const voices = new SyntheticVoices();
afterAll(() => voices.remove());

/** What the echoing network was fed, read back from its answer. */
interface Fed {
  readonly streams: readonly (readonly string[])[];
  readonly length: number;
  readonly scales: readonly number[];
  readonly sid: number;
  /** Word-embedding value of each position, the same in every dimension. */
  readonly bert: readonly number[];
  readonly durationExtra: readonly number[];
}

describe("VoiceNetwork", () => {
  const open: VoiceNetwork[] = [];
  afterEach(async () => {
    for (const voice of open.splice(0)) await voice.close();
  });
  const feed = async (
    sentence: string,
    options: VoiceOptions & { readonly speaker?: number; readonly speed?: number } = {},
  ): Promise<Fed> => {
    const { kind = "plain", speaker = 0, speed = 1, bert = false } = options;
    const dir = voices.build({ ...options, network: "echo", config: { inference: INFERENCE } });
    const voice = await openVoice(loadSpec({ provider: "vosk_tts", paths: { dir } }));
    open.push(voice);
    const echo = [...(await voice.speak(sentence, { speaker, speed }))].map((value) => value * 1000);
    return readEcho(echo, kind, voice.encode(sentence).length, bert);
  };

  it("feeds a plain voice phonemes between its marks, with a blank between any two", async () => {
    const { streams, length, scales, sid } = await feed("Свет, что.", { speaker: 3, speed: 2 });
    const symbols = "^ s vj e1 t , | sh t o1 . $".split(" ").map((symbol) => (symbol === "|" ? " " : symbol));
    expect(streams).toEqual([symbols.flatMap((symbol, index) => (index === 0 ? [symbol] : ["_", symbol]))]);
    expect(length).toBe(2 * symbols.length - 1);
    expect(scales).toEqual([0.5, 0.5, 0.25]);
    expect(sid).toBe(3);
  });

  it("leaves the blanks out where the voice wants none", async () => {
    const { streams } = await feed("свет", { noBlank: true });
    expect(streams).toEqual(["^ s vj e1 t $".split(" ")]);
  });

  it("takes the likelier pronunciation, and the stress a mark asks for", async () => {
    expect((await feed("замок", { noBlank: true })).streams[0]).toEqual("^ z a0 m o1 k $".split(" "));
    expect((await feed("з+амок", { noBlank: true })).streams[0]).toEqual("^ z a1 m o0 k $".split(" "));
  });

  it("feeds a multistream voice the marks around each phoneme", async () => {
    const { streams } = await feed('Что? "Свет" - ...', { kind: "multistream_v1" });
    const [phones, marks, quoted, next, ofSentence] = streams;
    expect(phones?.join("|")).toBe("^|sh|t|o1| |s|vj|e1|t| | |$");
    expect(marks?.join("|")).toBe("_|_|_|_|?|_|_|_|_|-|...|_");
    expect(quoted?.join("|")).toBe("_|_|_|_|_|^|^|^|^|_|_|_");
    expect(next?.join("|")).toBe("?|?|?|?|?|-|-|-|-|-|...| ");
    expect(ofSentence?.join("|")).toBe("?|?|?|?|?|-|-|-|-|-|...| ");
  });

  it("tells later voices the place of each phoneme in its word", async () => {
    const { streams } = await feed("свет и что", { kind: "multistream_v2" });
    expect(streams[0]?.join("|")).toBe("^|s_B|vj_I|e1_I|t_E| |i1_S| |sh_B|t_I|o1_E| |$");
  });

  it("makes a written pause longer where the voice can", async () => {
    const { durationExtra, streams } = await feed("свет _ что", { kind: "multistream_v3" });
    const pause = durationExtra.flatMap((frames, at) => (frames > 0 ? [[streams[0]?.[at], frames]] : []));
    expect(pause).toEqual([[" ", 20]]);
    expect(
      (await feed("свет, что", { kind: "multistream_v3" })).durationExtra.every((frames) => frames === 0),
    ).toBe(true);
  });

  it("feeds zeros where the voice has no language model", async () => {
    const { bert } = await feed("свет", { kind: "multistream_v2" });
    expect(bert.every((value) => value === 0)).toBe(true);
  });

  it("gives each position what the language model says of its word", async () => {
    const ids = { start: 2, end: 3, за: 4, свет: 6, что: 7, unknown: 1, кто: 11 };
    const { bert, streams } = await feed("замок, свет", { kind: "multistream_v1", bert: true });
    expect(streams[0]?.join("|")).toBe("^|z|a0|m|o1|k| |s|vj|e1|t| |$");
    const { start, за, свет, end } = ids;
    expect(bert).toEqual([start, за, за, за, за, за, свет, свет, свет, свет, свет, end, end]);
  });

  it("keeps a word with a hyphen one word for the language model", async () => {
    const { bert, streams } = await feed("кто-то что", { kind: "multistream_v1", bert: true });
    const at = streams[0]?.indexOf("sh") ?? -1;
    expect(bert.slice(1, 3)).toEqual([11, 11]);
    expect(bert[at]).toBe(7);
  });

  it("gives a plain voice with a language model the punctuation's values as well", async () => {
    const { bert, streams } = await feed("свет, что", { bert: true, noBlank: true });
    expect(streams[0]?.join("|")).toBe("^|s|vj|e1|t|,| |sh|t|o1|$");
    const [start, end, свет, что, comma] = [2, 3, 6, 7, 8];
    expect(bert).toEqual([start, свет, свет, свет, свет, comma, что, что, что, что, end]);
  });
});

const INFERENCE = { noise_level: 0.5, speech_rate: 1, duration_noise_level: 0.25, scale: 1 };

function readEcho(echo: readonly number[], kind: VoskTtsKind, length: number, withBert: boolean): Fed {
  const hidden = withBert ? HIDDEN : 768;
  const names = Object.entries(idsFor(kind));
  const symbol = (id: number) => names.find(([, known]) => known === Math.round(id))?.[0] ?? String(id);
  let at = 0;
  const take = (count: number) => {
    at += count;
    return echo.slice(at - count, at);
  };
  const streamCount = kind === "plain" ? 1 : 5;
  const streams = Array.from({ length: streamCount }, () => take(length).map(symbol));
  const [fedLength = 0] = take(1).map(Math.round);
  const scales = take(3).map((scale) => Math.round(scale * 1000) / 1000);
  const [sid = 0] = take(1).map(Math.round);
  const bert =
    kind === "plain" && !withBert
      ? []
      : take(hidden * length)
          .slice(0, length)
          .map(Math.round);
  const durationExtra = kind === "multistream_v3" ? take(length).map(Math.round) : [];
  expect(at).toBe(echo.length);
  return { streams, length: fedLength, scales, sid, bert, durationExtra };
}
