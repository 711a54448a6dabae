import type { Provider, ProviderDescriptor } from "../src/engines/capability.js";
import { ENGINE_RATE_HZ } from "../src/engines/capability.js";
import { moonshine } from "../src/engines/moonshine/moonshine.js";
import { piper } from "../src/engines/piper/piper.js";
import { sileroVad } from "../src/engines/silero-vad/silero-vad.js";
import { vosk } from "../src/engines/vosk/vosk.js";
import { whisper } from "../src/engines/whisper/whisper.js";
import { moonshineModel, sileroModel } from "../test/fixtures/npm-models.js";
import { makePiperVoice } from "../test/fixtures/piper-voice.js";
import { pieces, recording, sharedPath, whisperTiny } from "../test/fixtures/shared-speech.js";
import { frenchModel } from "../test/fixtures/vosk-models.js";
import { loadSpec } from "../test/fixtures/workers.js";
import { COMMAND, SENTENCE } from "./lib/clips.js";
import { inScratch } from "./lib/house.js";
import { type Row, report } from "./lib/report.js";
import { spread } from "./lib/statistics.js";

/**
 * Processor time of each engine for a second of audio, heard or spoken, all threads together. Unlike time on the clock
 * it hardly depends on what else the machine does.
 *
 *     script/bench speed [TURNS]
 */
const TURNS = Number(process.argv[2] ?? 5);
const READ = { en: "en/jfk.wav", fr: "fr/pico-test-fr.wav" } as const;

type Paths = Readonly<Record<string, string>>;

async function open(provider: ProviderDescriptor, model: string, paths: Paths): Promise<Provider> {
  const spec = loadSpec({ provider: provider.name, model, paths, threads: 2, arena: false });
  return provider.load(spec, (sentence) => console.warn(sentence));
}

/** Processor seconds for each second of audio. @param work resolves with the seconds of audio */
async function costs(work: () => Promise<number>): Promise<readonly number[]> {
  await work();
  const found: number[] = [];
  for (let turn = 0; turn < TURNS; turn++) {
    const before = process.cpuUsage();
    const audioSeconds = await work();
    const { user, system } = process.cpuUsage(before);
    found.push((user + system) / 1e6 / audioSeconds);
  }
  return found;
}

async function hear(provider: Provider, file: string, language: string): Promise<readonly number[]> {
  const samples = recording(file);
  return costs(async () => {
    if (provider.capability === "vad") {
      const stream = provider.open();
      for (const piece of pieces(samples, ENGINE_RATE_HZ)) await stream.accept(piece);
      stream.cancel();
    } else if (provider.capability === "stt") {
      const stream = await provider.open({ language });
      for (const piece of pieces(samples, 480)) await stream.accept(piece);
      await stream.finish();
    }
    return samples.length / ENGINE_RATE_HZ;
  });
}

async function speak(provider: Provider): Promise<readonly number[]> {
  if (provider.capability !== "tts") throw new Error("no voice");
  return costs(async () => {
    let count = 0;
    const sound = provider.synthesize({ text: SENTENCE }, new AbortController().signal);
    for await (const piece of sound) count += piece.length;
    return count / provider.rateHz;
  });
}

const rows: Row[] = [];
const raw: Record<string, unknown> = {};
const note = (model: string, audio: string, found: readonly number[]) => {
  raw[`${model} ${audio}`] = found;
  rows.push({ model, audio, "processor seconds for each second": spread(found, 3) });
};

const listeners: readonly (readonly [ProviderDescriptor, string, Paths | undefined, "en" | "fr"])[] = [
  [moonshine, "moonshine/base-en", await moonshineModel("base"), "en"],
  [moonshine, "moonshine/tiny-en", await moonshineModel("tiny"), "en"],
  [whisper, "whisper/tiny", whisperTiny, "en"],
  [vosk, "vosk/en_small", dirOf(sharedPath("models", "vosk-en")), "en"],
  [vosk, "vosk/fr_small", dirOf(await frenchModel()), "fr"],
  [sileroVad, "silero_vad/v5", await sileroModel(), "en"],
];
for (const [provider, model, paths, language] of listeners) {
  if (!paths) continue;
  const opened = await open(provider, model, paths);
  if (language === "en") note(model, "a command of 2.8 s", await hear(opened, COMMAND, language));
  note(model, "a sentence read", await hear(opened, READ[language], language));
  await opened.close();
}
await inScratch(async (dir) => {
  const voice = await open(piper, "piper/en_US-curie-medium", { ...(await makePiperVoice(dir)) });
  note("piper/en_US-curie-medium", "a short sentence spoken", await speak(voice));
});
report({ name: "speed", title: "Processor time for a second of audio, median [range]", rows, raw });
process.exit(0);

function dirOf(dir: string | undefined): Paths | undefined {
  return dir === undefined ? undefined : { dir };
}
