import { closeHouse, obtain, openHouse, ready, STT, TTS } from "./lib/house.js";
import { type Row, report } from "./lib/report.js";
import { requestMs } from "./lib/requests.js";
import { median, spread } from "./lib/statistics.js";

/**
 * What warm-up is for: is the first request after `ready` as quick as the next ten? And what does a request pay that
 * comes before its model is loaded? Each engine in programs of its own, models on disk.
 *
 *     script/bench first-request [STARTS]
 */
const STARTS = Number(process.argv[2] ?? 3);
const FOLLOWING = 10;

interface Start {
  readonly listensMs: number;
  readonly readyMs: number;
  /** Load and warm-up of this model alone. */
  readonly loadMs: number;
  readonly firstMs: number;
  readonly nextMs: readonly number[];
  readonly lazyMs: number;
}

await obtain([...STT, ...TTS, "silero_vad/v5"]);
const engines = [
  ...STT.map((model) => ({ model, kind: "stt" as const })),
  ...TTS.map((model) => ({ model, kind: "tts" as const })),
];

async function startWarm(kind: "stt" | "tts", model: string): Promise<Omit<Start, "lazyMs">> {
  const startedAt = performance.now();
  const program = await openHouse({ [kind]: model });
  const port = await program.port("wyoming");
  const listensMs = performance.now() - startedAt;
  await ready(program);
  const readyMs = performance.now() - startedAt;
  const loaded = (await program.status()).models.find(({ id }) => id === model);
  const loadMs = (loaded?.loadMs ?? Number.NaN) + (loaded?.warmUpMs ?? 0);
  const firstMs = await requestMs(port, kind, model);
  const nextMs: number[] = [];
  for (let turn = 0; turn < FOLLOWING; turn++) nextMs.push(await requestMs(port, kind, model));
  await closeHouse(program);
  return { listensMs, readyMs, loadMs, firstMs, nextMs };
}

/** The first request of a program that loads nothing before it is asked. */
async function startLazy(kind: "stt" | "tts", model: string): Promise<number> {
  const program = await openHouse({ [kind]: model, preload: false });
  await ready(program);
  const lazyMs = await requestMs(await program.port("wyoming"), kind, model);
  await closeHouse(program);
  return lazyMs;
}

const rows: Row[] = [];
const raw: Record<string, readonly Start[]> = {};
for (const { model, kind } of engines) {
  const starts: Start[] = [];
  for (let turn = 0; turn < STARTS; turn++) {
    const warm = await startWarm(kind, model);
    starts.push({ ...warm, lazyMs: await startLazy(kind, model) });
  }
  raw[model] = starts;
  const ratios = starts.map(({ firstMs, nextMs }) => firstMs / median(nextMs));
  rows.push({
    model,
    "port open, ms": spread(starts.map(({ listensMs }) => listensMs)),
    "all ready, ms": spread(starts.map(({ readyMs }) => readyMs)),
    "its load and warm-up, ms": spread(starts.map(({ loadMs }) => loadMs)),
    "first, ms": spread(starts.map(({ firstMs }) => firstMs)),
    "next ten, ms": spread(starts.flatMap(({ nextMs }) => nextMs)),
    "first / median of next": spread(ratios, 2),
    "lazy first, ms": spread(starts.map(({ lazyMs }) => lazyMs)),
  });
  // After each model: a long run that is broken off has not measured for nothing.
  report({
    name: "first-request",
    title: `First request after ready, median [range] of ${STARTS} starts`,
    rows,
    raw,
  });
}
