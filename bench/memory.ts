import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { Program } from "../test/fixtures/program.js";
import { closeHouse, obtain, openHouse, ready, STT, TTS } from "./lib/house.js";
import { type Row, report } from "./lib/report.js";
import { requestMs } from "./lib/requests.js";

/**
 * Memory nobody else maps, of each model's process and of our main process: once ready, and after ten requests.
 *
 *     script/bench memory [REQUESTS]
 */
const REQUESTS = Number(process.argv[2] ?? 10);
const MB = 1e6;

/** Private and peak resident memory of a process in MB. */
function memoryOf(pid: number): { readonly own: number; readonly peak: number } {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const field = (text: string, name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(text)?.[1] ?? Number.NaN) * 1024;
  return {
    own: (field(rollup, "Private_Clean") + field(rollup, "Private_Dirty")) / MB,
    peak: field(status, "VmHWM") / MB,
  };
}

function workerOf(program: Program, model: string): number {
  const found = program.workers().find((pid) => readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(model));
  if (found === undefined) throw new Error(`no process holds ${model}`);
  return found;
}

const mainOf = (program: Program): number => pidOf(program.child);

function pidOf(child: ChildProcess): number {
  if (child.pid === undefined) throw new Error("the program did not start");
  return child.pid;
}

/** A Node process that does nothing: what no program in Node can go below. */
async function bareNode(): Promise<number> {
  const child = spawn(process.execPath, ["-e", "console.log(1); setInterval(() => {}, 1e6)"]);
  await once(child.stdout, "data");
  const { own } = memoryOf(pidOf(child));
  child.kill();
  return own;
}

await obtain([...STT, ...TTS, "silero_vad/v5"]);
const rows: Row[] = [];
const show = (value: number): string => value.toFixed(0);
for (const [kind, models] of [
  ["stt", STT],
  ["tts", TTS],
] as const) {
  for (const model of models) {
    const program = await openHouse({ [kind]: model });
    await ready(program);
    const port = await program.port("wyoming");
    // The small ones live in the shared process, and what they start is no process that stays.
    const worker = workerOf(program, model === "espeak/espeak-ng" ? "shared" : model);
    const loaded = memoryOf(worker);
    const main = memoryOf(mainOf(program));
    const counted = (await program.status()).models.find(({ id }) => id === model)?.memoryBytes ?? 0;
    for (let turn = 0; turn < REQUESTS; turn++) await requestMs(port, kind, model);
    const used = memoryOf(worker);
    rows.push({
      process: model,
      "ready, MB": show(loaded.own),
      [`after ${REQUESTS} requests, MB`]: show(used.own),
      "peak resident, MB": show(used.peak),
      "counted when ready, MB": show(counted / MB),
    });
    const detector = memoryOf(workerOf(program, "shared")).own;
    const after = memoryOf(mainOf(program));
    rows.push({
      process: `main process beside ${model}`,
      "ready, MB": show(main.own),
      [`after ${REQUESTS} requests, MB`]: show(after.own),
      "peak resident, MB": show(after.peak),
    });
    if (model === STT[0]) {
      rows.push({
        process: "silero_vad/v5, in the shared process",
        [`after ${REQUESTS} requests, MB`]: show(detector),
      });
    }
    await closeHouse(program);
    report({ name: "memory", title: "Private memory of processes", rows, raw: rows });
  }
}
rows.push({ process: "a Node process that does nothing", "ready, MB": show(await bareNode()) });
report({ name: "memory", title: "Private memory of processes", rows, raw: rows });
