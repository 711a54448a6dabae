import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { RemoteHouse } from "../src/app/remote-house.js";
import { describeServer } from "../test/fixtures/wyoming-tasks.js";
import { closeHouse, obtain, openHouse, ready } from "./lib/house.js";
import { report } from "./lib/report.js";
import { requestMs } from "./lib/requests.js";
import { quantile, timed } from "./lib/statistics.js";

/**
 * Home Assistant gives up after a second without an answer to `describe`. How long does it wait while both cores
 * decode, a model loads again and again and another is downloaded?
 *
 *     script/bench describe [PROBES]
 */
const PROBES = Number(process.argv[2] ?? 300);
const PAUSE_MS = 10;
const DECODING = ["moonshine/base-en", "whisper/tiny"] as const;
const LOADING = "piper/en_US-curie-medium";
/** Its files have no known checksum, so any bytes will do. */
const DOWNLOADED = "whisper/small";
const PIECE = Buffer.alloc(64 * 1024, 7);

await obtain([...DECODING, LOADING, "silero_vad/v5"]);

/** A file without end, 64 KiB every few milliseconds. */
const server = createServer((request, response) => {
  response.writeHead(200, { "content-length": String(4e9) });
  if (request.method === "HEAD") return response.end();
  const timer = setInterval(() => {
    if (!response.writableNeedDrain) response.write(PIECE);
  }, 4);
  return response.on("close", () => clearInterval(timer));
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
const mirror = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

const program = await openHouse({ stt: DECODING[0], models: { mirror, allow_http: true } });
await ready(program);
const port = await program.port("wyoming");
const house = new RemoteHouse(`http://127.0.0.1:${await program.port("http")}`);

async function probe(): Promise<readonly number[]> {
  const times: number[] = [];
  for (let turn = 0; turn < PROBES; turn++) {
    times.push((await timed(() => describeServer(port))).ms);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  return times;
}

const idle = await probe();

let busy = true;
let decoded = 0;
let loads = 0;
const keepDecoding = DECODING.map(async (model) => {
  while (busy) {
    await requestMs(port, "stt", model);
    decoded += 1;
  }
});
const keepLoading = (async () => {
  while (busy) {
    await house.warmUp(LOADING);
    await house.unload(LOADING);
    loads += 1;
  }
})();
// It never ends by itself; the end of the program ends it.
const download = house.pull(DOWNLOADED).then(
  () => "ended early",
  (error: unknown) => `broken off: ${String(error)}`,
);
const downloading = async () =>
  (await house.status()).models.find(({ id }) => id === DOWNLOADED)?.asset.name === "downloading";
await Promise.all(DECODING.map((model) => requestMs(port, "stt", model)));
const before = await downloading();
const loaded = await probe();
const after = await downloading();
busy = false;
await Promise.all([...keepDecoding, keepLoading]);
await closeHouse(program);
await download;
server.closeAllConnections();
server.close();
if (!before || !after) throw new Error(`the download did not last through the probes: ${await download}`);

const row = (what: string, times: readonly number[]) => ({
  what,
  probes: times.length,
  "p50, ms": quantile(times, 0.5).toFixed(1),
  "p90, ms": quantile(times, 0.9).toFixed(1),
  "p99, ms": quantile(times, 0.99).toFixed(1),
  "max, ms": Math.max(...times).toFixed(1),
});
report({
  name: "describe",
  title: `describe, a new connection each; under load: ${decoded} utterances decoded, ${loads} loads, one download`,
  rows: [row("idle", idle), row("decoding, loading, downloading", loaded)],
  raw: { idle, loaded, decoded, loads },
});
