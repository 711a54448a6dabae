import { type WireFormat, WyomingClient } from "../test/fixtures/wyoming-client.js";
import { pcmOf } from "../test/fixtures/wyoming-tasks.js";
import { COMMAND, wavOf } from "./lib/clips.js";
import { closeHouse, obtain, openHouse, ready, STT, TTS } from "./lib/house.js";
import { report } from "./lib/report.js";
import { requestMs, wireName } from "./lib/requests.js";
import { spread } from "./lib/statistics.js";

/**
 * What is heard after the last word is spoken, and after the first word is written: audio in at the speed of speech,
 * and a text of five sentences in pieces as a language model writes them.
 *
 *     script/bench streaming [TURNS]
 */
const TURNS = Number(process.argv[2] ?? 3);
const CHUNK_MS = 30;
const CLIPS = [COMMAND, "en/turn-off-all-of-the-lights-in-the-office.wav"];
const SENTENCES = [
  "The kitchen light is on.",
  " It is twenty one degrees in the living room.",
  " The washing machine will be done in half an hour.",
  " Nobody is at the front door.",
  " Tomorrow it will rain in the afternoon.",
];

await obtain([...STT, ...TTS, "silero_vad/v5"]);
const program = await openHouse({ stt: STT[0] });
await ready(program);
const port = await program.port("wyoming");
for (const model of STT) await requestMs(port, "stt", model);
for (const model of TTS) await requestMs(port, "tts", model);

/** Milliseconds from the end of the audio to the text, the audio sent at the speed of speech. */
async function afterLastChunk(model: string, format: WireFormat, pcm: Buffer): Promise<number> {
  return WyomingClient.with(port, async (client) => {
    client.send("transcribe", { name: wireName(model), language: "en" });
    client.send("audio-start", { ...format, timestamp: 0 });
    const bytes = Math.floor((format.rate * CHUNK_MS) / 1000) * format.width * format.channels;
    const startedAt = performance.now();
    for (let at = 0, turn = 1; at < pcm.length; at += bytes, turn++) {
      const waitMs = startedAt + turn * CHUNK_MS - performance.now();
      if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
      client.send("audio-chunk", { ...format, timestamp: null }, pcm.subarray(at, at + bytes));
    }
    const spokenAt = performance.now();
    client.send("audio-stop", { timestamp: null });
    await client.until("transcript");
    return performance.now() - spokenAt;
  });
}

/** Milliseconds from the first piece of text to the first audio, and to the last. */
async function speakPieces(model: string, together: boolean): Promise<readonly [number, number]> {
  return WyomingClient.with(port, async (client) => {
    const voice = { name: wireName(model), language: "en" };
    const startedAt = performance.now();
    if (together) client.send("synthesize", { text: SENTENCES.join(""), voice });
    else {
      client.send("synthesize-start", { voice });
      for (const text of SENTENCES) client.send("synthesize-chunk", { text });
      client.send("synthesize-stop");
    }
    await client.until("audio-chunk");
    const firstMs = performance.now() - startedAt;
    await client.until(together ? "audio-stop" : "synthesize-stopped");
    return [firstMs, performance.now() - startedAt];
  });
}

const rows = [];
const raw: Record<string, unknown> = {};
for (const model of STT) {
  const times: number[] = [];
  for (let turn = 0; turn < TURNS; turn++) {
    for (const file of CLIPS) {
      const { format, pcm } = pcmOf(wavOf(file));
      times.push(await afterLastChunk(model, format, pcm));
    }
  }
  raw[model] = times;
  rows.push({ model, measured: "end of speech to text", n: times.length, ms: spread(times) });
}
for (const model of TTS) {
  for (const together of [false, true]) {
    const first: number[] = [];
    const last: number[] = [];
    for (let turn = 0; turn < TURNS; turn++) {
      const [firstMs, lastMs] = await speakPieces(model, together);
      first.push(firstMs);
      last.push(lastMs);
    }
    const how = together ? "one text" : "in pieces";
    raw[`${model} ${how}`] = { first, last };
    rows.push({ model, measured: `five sentences, ${how}: first audio`, n: first.length, ms: spread(first) });
    rows.push({ model, measured: `five sentences, ${how}: all audio`, n: last.length, ms: spread(last) });
  }
}
await closeHouse(program);
report({ name: "streaming", title: "Latency of streams, median [range]", rows, raw });
