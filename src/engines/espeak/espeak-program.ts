import { type ChildProcessByStdio, execFile, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { promisify } from "node:util";
import { EngineError } from "../../base/errors.js";
import type { EspeakBackEnd, EspeakOrder } from "./back-end.js";
import { wavSamples } from "./wav-samples.js";

const run = promisify(execFile);

/** Long enough for a board that is busy loading models. */
const QUERY_LIMIT_MS = 20_000;

/** Programs with the same command line, best first. */
const PROGRAMS = ["espeak-ng", "espeak"] as const;

/** The first of the programs that is installed and runs. */
export async function findEspeak(): Promise<string | undefined> {
  for (const program of PROGRAMS) {
    const works = await run(program, ["--version"], { timeout: QUERY_LIMIT_MS }).then(
      () => true,
      () => false,
    );
    if (works) return program;
  }
  return undefined;
}

async function listVoices(program: string): Promise<string> {
  try {
    return (await run(program, ["--voices"], { timeout: QUERY_LIMIT_MS })).stdout;
  } catch (error) {
    throw new EngineError("engine-load-failed", `${program} does not list its voices; reinstall it.`, {
      cause: error,
    });
  }
}

/** The installed program as a back-end. @param program its name, from `findEspeak` */
export const espeakProgram = (program: string): EspeakBackEnd => ({
  name: program,
  listVoices: () => listVoices(program),
  speak: (order, signal) => wavSamples(runEspeak(program, order, signal)),
  // Each text has a run of the program of its own.
  close: () => undefined,
});

/**
 * The bytes of a WAV file as the program writes it, of unknown length. Leaving the loop or aborting ends the program.
 * @throws {EngineError} `engine-failed`
 */
export async function* runEspeak(
  program: string,
  order: EspeakOrder,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const child = spawn(program, argumentsOf(order), { stdio: ["pipe", "pipe", "pipe"] });
  const ended = endOf(child);
  const onAbort = () => child.kill("SIGKILL");
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    // The program may end before it has read everything; its exit says why.
    child.stdin.on("error", () => undefined);
    child.stdin.end(order.text);
    for await (const bytes of child.stdout) {
      if (signal.aborted) return;
      yield bytes as Uint8Array;
    }
    const failure = await ended;
    if (failure !== undefined && !signal.aborted) {
      throw new EngineError("engine-failed", `${program} could not speak: ${failure}`);
    }
  } finally {
    signal.removeEventListener("abort", onAbort);
    child.kill("SIGKILL");
  }
}

/** Text goes through standard input: as an argument it could be too long, or be taken for an option. */
function argumentsOf({ voice, wordsPerMinute, pitch, ssml }: EspeakOrder): readonly string[] {
  const options = ["--stdin", "--stdout", "-b", "1", "-v", voice, "-s", String(wordsPerMinute)];
  return [...options, "-p", String(pitch), ...(ssml ? ["-m"] : [])];
}

/** Resolves at the end of the program, with the reason when it failed. */
function endOf(child: ChildProcessByStdio<Writable, Readable, Readable>): Promise<string | undefined> {
  let said = "";
  child.stderr.setEncoding("utf8");
  child.stderr.on("data", (text: string) => {
    said = (said + text).slice(-500);
  });
  return new Promise((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code, ended) => {
      resolve(code === 0 ? undefined : said.trim() || `it ended with ${code ?? ended}`);
    });
  });
}
