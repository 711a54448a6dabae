import { join } from "node:path";
import { SHARED } from "../test/fixtures/shared-speech.js";
import { WyomingClient } from "../test/fixtures/wyoming-client.js";
import { pcmOf } from "../test/fixtures/wyoming-tasks.js";
import { type Clip, clipsOf } from "./lib/clips.js";
import { closeHouse, modelFile, obtain, openHouse, ready } from "./lib/house.js";
import { report } from "./lib/report.js";
import { requestMs, wireName } from "./lib/requests.js";
import { spread } from "./lib/statistics.js";

/**
 * From the last chunk of a command to its text, the audio sent at the speed of speech: with the home's commands listened
 * for, and by the open model alone.
 *
 *     script/bench command-latency [TURNS]
 */
const TURNS = Number(process.argv[2] ?? 2);
const CHUNK_MS = 30;
const OPEN = "moonshine/base-en";
const LISTENER = "vosk/en_domain";

await obtain([OPEN, LISTENER, "silero_vad/v5"]);
const program = await openHouse({
  stt: "auto",
  home: { file: join(SHARED, "speech", "home-en.yaml") },
  // In other benches this name stands for the shared folder's model, which hears commands less well.
  models: { folders: { "vosk/en_small": modelFile(LISTENER, "") }, offline: true },
});
await ready(program);
const [listening = ""] = await program.lines(/Commands in en: .* listens for/, 1);
const port = await program.port("wyoming");
await requestMs(port, "stt", OPEN);

interface Answer {
  readonly file: string;
  readonly ms: number;
  readonly text: string;
  readonly decided: string;
}

/** @param model asked for by name; absent leaves it to the program */
async function speak({ file, wav }: Clip, model?: string): Promise<Answer> {
  const { format, pcm } = pcmOf(wav);
  const answer = await WyomingClient.with(port, async (client) => {
    client.send("transcribe", { language: "en", ...(model ? { name: wireName(model) } : {}) });
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
    const events = await client.until("transcript");
    return { ms: performance.now() - spokenAt, text: String(events.at(-1)?.data["text"]) };
  });
  const { requests } = await program.status();
  return { file, ...answer, decided: requests.recent[0]?.decided ?? "alone" };
}

const clips = clipsOf("en").filter(({ kind }) => kind !== "read");
const together: Answer[] = [];
const alone: Answer[] = [];
for (let turn = 0; turn < TURNS; turn++) {
  for (const clip of clips) {
    together.push(await speak(clip));
    alone.push(await speak(clip, OPEN));
  }
}
await closeHouse(program);

const times = (answers: readonly Answer[]) => ({
  n: answers.length,
  ms: spread(answers.map(({ ms }) => ms)),
});
const decided = (how: string) => together.filter((answer) => answer.decided === how);
report({
  name: "command-latency",
  title: "From the last chunk to the text, median [range]",
  rows: [
    { measured: "commands that were accepted", ...times(decided("command")) },
    { measured: "what was dictated behind them", ...times(decided("dictation")) },
    { measured: `${OPEN} alone`, ...times(alone) },
  ],
  raw: { listening, together, alone },
});
