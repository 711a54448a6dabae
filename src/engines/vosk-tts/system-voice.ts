import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { systemClock } from "../../base/clock.js";
import { EngineError } from "../../base/errors.js";
import { baseLanguage } from "../../text/language.js";
import { findEspeak, runEspeak } from "../espeak/espeak-program.js";
import { type WavPiece, wavSamples } from "../espeak/wav-samples.js";
import { findPythonWith } from "../find-python.js";

/** Something to say by one of the system's own voices. */
export interface SystemOrder {
  readonly text: string;
  readonly language: string;
  /** 1 is normal. */
  readonly speed: number;
}

/** A speech program of the system. */
export interface SystemVoice {
  /** `espeak-ng`, `espeak`, `pyttsx3`. */
  readonly name: string;
  /** @throws {EngineError} `engine-failed` */
  speak(order: SystemOrder, signal: AbortSignal): AsyncIterable<WavPiece>;
}

/** Languages the chain speaks, as the programs call them; others are read as English. */
export const SYSTEM_LANGUAGES: readonly string[] = ["ru", "en", "de", "fr", "es"];

/** Words per minute at normal speed, as each program has them by default. */
const RATE = { espeak: 175, pyttsx3: 200 } as const;
const ESPEAK_RATES = { min: 80, max: 450 } as const;
const PITCH = 50;

const PYTTSX3_SCRIPT = fileURLToPath(new URL("../../../addon/python/pyttsx3_say.py", import.meta.url));
/** It says nothing before all is said. */
const PYTTSX3_LIMIT_MS = 60_000;

/** The system's voices, best first: espeak-ng, else espeak, then pyttsx3 where Python has it. */
export async function findSystemVoices(binFolders?: readonly string[]): Promise<readonly SystemVoice[]> {
  const [espeak, python] = await Promise.all([findEspeak(), findPythonWith("pyttsx3", binFolders)]);
  return [...(espeak ? [espeakVoice(espeak)] : []), ...(python ? [pyttsx3Voice(python.program)] : [])];
}

const spokenLanguage = (language: string): string => {
  const base = baseLanguage(language);
  return SYSTEM_LANGUAGES.includes(base) ? base : "en";
};

function espeakVoice(program: string): SystemVoice {
  return {
    name: program,
    speak: ({ text, language, speed }, signal) => {
      const wanted = Math.trunc(RATE.espeak * speed);
      const wordsPerMinute = Math.min(ESPEAK_RATES.max, Math.max(ESPEAK_RATES.min, wanted));
      const order = { text, voice: spokenLanguage(language), wordsPerMinute, pitch: PITCH, ssml: false };
      return wavSamples(runEspeak(program, order, signal));
    },
  };
}

function pyttsx3Voice(python: string): SystemVoice {
  return {
    name: "pyttsx3",
    async *speak({ text, language, speed }, signal) {
      const folder = await mkdtemp(join(tmpdir(), "irene-speech-"));
      const file = join(folder, "speech.wav");
      try {
        const order = {
          text,
          language: spokenLanguage(language),
          rate: Math.trunc(RATE.pyttsx3 * speed),
          file,
        };
        await runPyttsx3(python, JSON.stringify(order), signal);
        if (signal.aborted) return;
        const bytes = await readFile(file).catch((error: unknown) => {
          throw new EngineError("engine-failed", "pyttsx3 wrote no sound; install espeak-ng.", {
            cause: error,
          });
        });
        yield* wavSamples(once(bytes));
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}

/** The order goes in through standard input: as an argument it could be too long. */
function runPyttsx3(python: string, order: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(python, ["-I", "-B", PYTTSX3_SCRIPT], { stdio: ["pipe", "ignore", "pipe"] });
    let said = "";
    const stop = () => child.kill("SIGKILL");
    const timer = systemClock.after(PYTTSX3_LIMIT_MS, stop);
    signal.addEventListener("abort", stop, { once: true });
    child.stderr.setEncoding("utf8");
    child.stderr.on("data", (text: string) => {
      said = (said + text).slice(-500);
    });
    const finish = (failure: string | undefined) => {
      timer.cancel();
      signal.removeEventListener("abort", stop);
      if (failure === undefined || signal.aborted) resolve();
      else reject(new EngineError("engine-failed", `pyttsx3 could not speak: ${failure}`));
    };
    child.once("error", (error) => finish(error.message));
    child.once("close", (code, ended) =>
      finish(
        code === 0 ? undefined : (said.trim().split("\n").at(-1) ?? "") || `it ended with ${code ?? ended}`,
      ),
    );
    // The program may end before it has read everything; its exit says why.
    child.stdin.on("error", () => undefined);
    child.stdin.end(order);
  });
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
