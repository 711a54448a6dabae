import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Program, runCommand } from "../../test/fixtures/program.js";
import { SHARED } from "../../test/fixtures/shared-speech.js";

/** Kept between runs: models are large, and cold starts are measured with the model on disk. */
const DATA_DIR = process.env["IRENE_BENCH_DATA"] ?? join(tmpdir(), "irene-edge-bench");

/** Models that are measured, by catalog id. */
export const STT = ["moonshine/base-en", "whisper/tiny", "vosk/en_small"] as const;
export const TTS = ["piper/en_US-curie-medium", "espeak/espeak-ng"] as const;

const shared = (...parts: readonly string[]): string => resolve(SHARED, "models", ...parts);

/** The shared voice as Piper publishes it, made ready by the same recipes as a download. */
const VOICE = {
  provider: "piper",
  capability: "tts",
  models: {
    "en_US-curie-medium": {
      title: "Curie, US English",
      languages: ["en_US"],
      licence: { id: "unknown", url: "https://huggingface.co/rhasspy/piper-voices" },
      attribution: { name: "Piper voices", url: "https://huggingface.co/rhasspy/piper-voices" },
      quality: 70,
      memory: { peak: "330 MB", steady: "320 MB" },
      files: { model: "{id}.onnx", config: "{id}.onnx.json", tokens: "tokens.txt" },
      sources: [
        {
          file: shared("piper-en_US-curie-medium"),
          names: { model: "en_US-curie-medium.onnx", config: "en_US-curie-medium.onnx.json" },
          recipes: { model: "piper-metadata", tokens: "piper-tokens" },
        },
      ],
    },
  },
};

/** Options of the program below a choice of models; JSON is YAML. */
export interface HouseOptions {
  readonly stt?: string;
  readonly tts?: string;
  readonly preload?: boolean;
  readonly models?: {
    readonly folders?: Readonly<Record<string, string>>;
    readonly [option: string]: unknown;
  };
  readonly [option: string]: unknown;
}

const FOLDERS = { "whisper/tiny": shared("whisper-tiny"), "vosk/en_small": shared("vosk-en") };

async function configured(options: HouseOptions): Promise<readonly string[]> {
  await mkdir(join(DATA_DIR, "catalog"), { recursive: true });
  await writeFile(join(DATA_DIR, "catalog", "shared-voice.yaml"), JSON.stringify(VOICE));
  const { folders, ...rest } = options.models ?? {};
  const models = { ...rest, folders: { ...FOLDERS, ...folders } };
  const config = { language: "en", memory_budget: "8GB", tts: "espeak", ...options, models };
  const file = join(DATA_DIR, "irene.yaml");
  await writeFile(file, JSON.stringify(config));
  return ["--config", file];
}

/** Puts models on disk that are not there yet. */
export async function obtain(models: readonly string[]): Promise<void> {
  const config = await configured({});
  const { code, stderr } = await runCommand(["models", "pull", ...models, "--data-dir", DATA_DIR, ...config]);
  if (code !== 0) throw new Error(`models are missing: ${stderr}`);
}

const running = new Set<Program>();
// A measurement that fails must not leave a server behind that disturbs the next.
process.once("exit", () => {
  for (const program of running) program.child.kill("SIGTERM");
});

/** The built program with these options, its models on disk. */
export async function openHouse(options: HouseOptions = {}): Promise<Program> {
  // Commands of a home are listened for where they are measured; elsewhere they would be in the way of other models.
  const env = { IRENE_HOME__COMMANDS: String("home" in options) };
  const program = await Program.serve({ dataDir: DATA_DIR, flags: await configured(options), env });
  running.add(program);
  return program;
}

/** Resolves when all that is preloaded is warm. */
export async function ready(program: Program): Promise<void> {
  await program.line(/Warm-up done|Nothing to warm up/);
  const { models, phase } = await program.status();
  const failed = models.filter(({ state }) => state === "failed").map(({ id, error }) => `${id}: ${error}`);
  if (failed.length > 0 || phase !== "ready") throw new Error(`not ready but ${phase}. ${failed.join(" ")}`);
}

/** Ends a program in its own way, so that what it learned stays. */
export async function closeHouse(program: Program): Promise<void> {
  await program.stop("SIGTERM");
  running.delete(program);
}

/** A folder for the time of the work. */
export async function inScratch<T>(work: (dir: string) => Promise<T>): Promise<T> {
  const dir = await mkdtemp(join(tmpdir(), "irene-bench-"));
  try {
    return await work(dir);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** Where a model's files lie once it was obtained. */
export const modelFile = (model: string, file: string): string => join(DATA_DIR, "models", model, file);
