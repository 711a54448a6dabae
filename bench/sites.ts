import { setTimeout as wait } from "node:timers/promises";
import { MIB } from "../src/base/units.js";
import { wordErrors } from "../src/text/word-error.js";
import { Esp32Satellite } from "../test/fixtures/esp32-satellite.js";
import { HAS_MOSQUITTO, Mosquitto } from "../test/fixtures/mosquitto.js";
import { MqttObserver } from "../test/fixtures/mqtt-observer.js";
import { pcmOf } from "../test/fixtures/wyoming-tasks.js";
import { type Clip, clipsOf } from "./lib/clips.js";
import { closeHouse, obtain, openHouse, ready } from "./lib/house.js";
import { report } from "./lib/report.js";
import { quantile } from "./lib/statistics.js";

/**
 * Satellites that all stream in real time, 62 messages a second each, while one command after the other is said to each
 * of them, over a real mosquitto. Is any text lost, and does the program grow?
 *
 *     script/bench sites [SITES] [SECONDS] [MODEL]
 */
const SITES = Number(process.argv[2] ?? 20);
const SECONDS = Number(process.argv[3] ?? 60);
const MODEL = process.argv[4] ?? "moonshine/base-en";
/** Silence after a command, until its text comes. */
const SILENCE = Buffer.alloc(3_200);
/** A site says something so long after its last text; each begins at another moment. */
const PAUSE_MS = 6_000;
/** A text that is later than this is lost. */
const LOST_MS = 120_000;

interface Said {
  readonly clip: Clip;
  readonly text: string | undefined;
  /** From the end of the speech to the text. */
  readonly waitMs: number;
}

if (!HAS_MOSQUITTO) throw new Error("mosquitto is needed: apt install mosquitto");
await obtain([MODEL, "silero_vad/v5"]);
const clips = clipsOf("en").filter(({ kind }) => kind === "command");
const broker = await Mosquitto.start({ config: ["max_queued_messages 0"] });
const program = await openHouse({ stt: MODEL, mqtt: { url: broker.url }, max_waiting: 500 });
await ready(program);
const observer = await MqttObserver.connect(broker.url, ["hermes/asr/textCaptured", "hermes/error/#"]);
const sites = await Promise.all(
  Array.from({ length: SITES }, (_, n) => Esp32Satellite.connect(broker.url, `site-${n}`)),
);
// The model's first utterance, and every site's first message.
for (const site of sites.slice(0, 1)) await say(site, 0, 0);

const endsAt = performance.now() + SECONDS * 1_000;
const memory: number[] = [];
const watching = (async () => {
  while (performance.now() < endsAt) {
    memory.push((await program.status()).memory.ownBytes / MIB);
    await wait(2_000);
  }
})();
const said = (await Promise.all(sites.map((site, n) => talk(site, n)))).flat();
await watching;
const after = await program.status();
await Promise.all(sites.map((site) => site.close()));
await observer.close();
await closeHouse(program);
await broker.stop();

/** One command after the other until time is up. */
async function talk(site: Esp32Satellite, n: number): Promise<readonly Said[]> {
  const all: Said[] = [];
  await site.live(Buffer.alloc(Math.round((PAUSE_MS / SITES) * n) * 32));
  for (let turn = 1; performance.now() < endsAt; turn += 1) {
    all.push(await say(site, n, turn));
    await site.live(Buffer.alloc(PAUSE_MS * 32));
  }
  return all;
}

async function say(site: Esp32Satellite, n: number, turn: number): Promise<Said> {
  const clip = clips[(n * 7 + turn) % clips.length];
  if (!clip) throw new Error("there are no recordings of commands");
  const sessionId = `${site.siteId}-${turn}`;
  await observer.publish("hermes/asr/startListening", JSON.stringify({ siteId: site.siteId, sessionId }));
  await site.live(SILENCE);
  await site.live(Buffer.from(pcmOf(clip.wav).pcm));
  const spokenAt = performance.now();
  const find = () => {
    const seen = observer.seen.findIndex(
      ({ topic, text }) => topic === "hermes/asr/textCaptured" && JSON.parse(text).sessionId === sessionId,
    );
    return seen < 0 ? undefined : observer.seen.splice(seen, 1)[0];
  };
  for (;;) {
    const waitMs = performance.now() - spokenAt;
    const captured = find();
    if (captured || waitMs > LOST_MS) {
      return { clip, text: captured && JSON.parse(captured.text).text, waitMs };
    }
    await site.live(SILENCE);
  }
}

const answered = said.flatMap(({ text, waitMs }) => (text === undefined ? [] : [waitMs]));
const words = said.map(({ clip, text }) => wordErrors(clip.said, text ?? "", "en"));
const wrong = words.reduce((sum, { rate, words: count }) => sum + rate * count, 0);
const spoken = words.reduce((sum, { words: count }) => sum + count, 0);
const errors = observer.seen.filter(({ topic }) => topic.startsWith("hermes/error/")).length;
// The first quarter is for buffers and caches to find their size.
const settled = memory.slice(Math.ceil(memory.length / 4));
report({
  name: "sites",
  title: `${SITES} satellites in real time for ${SECONDS} s, ${MODEL}`,
  rows: [
    { measured: "commands said", figure: said.length },
    { measured: "texts lost", figure: said.length - answered.length },
    { measured: "errors told", figure: errors },
    { measured: "texts that were empty", figure: said.filter(({ text }) => text === "").length },
    { measured: "words wrong", figure: `${((100 * wrong) / spoken).toFixed(1)} %` },
    {
      measured: "end of speech to text, median and 95 %",
      figure: `${quantile(answered, 0.5).toFixed(0)} and ${quantile(answered, 0.95).toFixed(0)} ms`,
    },
    {
      measured: "main process, first and last of its settled memory",
      figure: `${settled.at(0)?.toFixed(0)} and ${settled.at(-1)?.toFixed(0)} MiB`,
    },
    { measured: "requests that failed", figure: after.requests.failed },
  ],
  raw: { memory, waits: answered },
});
