import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { decodePcm } from "../src/audio/pcm.js";
import { resample } from "../src/audio/resample.js";
import { readWav } from "../src/audio/wav.js";
import { ENGINE_RATE_HZ, type SpeechToText, type TranscribeOptions } from "../src/engines/capability.js";
import { findProvider } from "../src/engines/registry.js";
import { spellOut } from "../src/text/spell-out.js";
import { comparableWords, wordErrors } from "../src/text/word-error.js";

/**
 * Word error rate of one engine by itself, free and bound to a grammar.
 *
 *     script/bench grammar --provider vosk --file dir=../shared/models/vosk-en [--speech ../shared/speech] [--language en]
 *       [--param family=transducer] [--json grammar.json]
 *
 * Texts are compared in lower case, without punctuation, numbers spelled out. The grammar holds exactly the sentences
 * that are spoken in the recordings, which flatters it; recordings of other speech show what it makes of those.
 */
const { values } = parseArgs({
  options: {
    provider: { type: "string", default: "vosk" },
    file: { type: "string", multiple: true, default: ["dir=../shared/models/vosk-en"] },
    param: { type: "string", multiple: true, default: [] },
    speech: { type: "string", default: "../shared/speech" },
    language: { type: "string", default: "en" },
    json: { type: "string" },
  },
});

interface Clip {
  readonly name: string;
  readonly said: string;
  readonly kind: "command" | "read" | "other";
  readonly samples: Float32Array;
}

interface Row {
  readonly clips: string;
  readonly vocabulary: string;
  readonly count: number;
  readonly words: number;
  readonly wer: number;
  readonly exact: number;
  /** After the last sample; audio goes in as fast as it is taken. */
  readonly medianFinishMs: number;
  readonly realTimeFactor: number;
}

const pairs = (list: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    list.map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]),
  );

function readClips(): readonly Clip[] {
  const table = readFileSync(join(values.speech, "transcripts.tsv"), "utf8").trim().split("\n").slice(1);
  return table.flatMap((line) => {
    const [file = "", language = "", said = "", kind = ""] = line.split("\t");
    if (language !== values.language || /wake/.test(kind)) return [];
    const { format, pcm } = readWav(readFileSync(join(values.speech, file)));
    const samples = resample(decodePcm(format, pcm), format.rateHz, ENGINE_RATE_HZ);
    const sort = /command/.test(kind) ? "command" : /read/.test(kind) ? "read" : "other";
    return [{ name: file, said, kind: sort, samples }];
  });
}

async function load(): Promise<SpeechToText> {
  const descriptor = findProvider(values.provider);
  if (!descriptor) throw new Error(`no provider ${values.provider}`);
  const provider = await descriptor.load(
    {
      model: `${values.provider}/bench`,
      provider: values.provider,
      paths: pairs(values.file),
      params: { language: values.language, ...pairs(values.param) },
      settings: {},
      threads: 2,
      arena: true,
    },
    (sentence) => console.warn(sentence),
  );
  if (provider.capability !== "stt") throw new Error(`${values.provider} does not transcribe`);
  return provider;
}

async function measure(
  model: SpeechToText,
  clips: readonly Clip[],
  vocabulary: string,
  options: TranscribeOptions,
): Promise<Row> {
  let errors = 0;
  let words = 0;
  let exact = 0;
  let busyMs = 0;
  const finishes: number[] = [];
  for (const { name, said, samples } of clips) {
    const startedAt = performance.now();
    const stream = await model.open({ language: values.language, ...options });
    for (let start = 0; start < samples.length; start += 1600) {
      await stream.accept(samples.subarray(start, start + 1600));
    }
    const endedAt = performance.now();
    const { text } = await stream.finish();
    finishes.push(performance.now() - endedAt);
    busyMs += performance.now() - startedAt;
    const found = wordErrors(said, text, values.language);
    errors += found.insertions + found.deletions + found.substitutions;
    words += found.words;
    if (found.rate === 0) exact += 1;
    else console.log(`  ${vocabulary}, ${name}: "${said}" heard as "${text}"`);
  }
  const seconds = clips.reduce((sum, { samples }) => sum + samples.length, 0) / ENGINE_RATE_HZ;
  return {
    clips: [...new Set(clips.map(({ kind }) => kind))].join(" "),
    vocabulary,
    count: clips.length,
    words,
    // With no words to be heard, every word heard is an error: errors per recording then.
    wer: errors / (words || clips.length),
    exact,
    medianFinishMs: finishes.toSorted((a, b) => a - b)[Math.floor(finishes.length / 2)] ?? 0,
    realTimeFactor: busyMs / 1000 / seconds,
  };
}

const clips = readClips();
const commands = clips.filter(({ kind }) => kind === "command");
const others = clips.filter(({ kind }) => kind !== "command");
const sentences = commands.map(({ said }) => spellOut(said, values.language));
const vocabulary = [...new Set(sentences.flatMap((sentence) => comparableWords(sentence, values.language)))];

const model = await load();
const rows = [
  await measure(model, commands, "free", {}),
  await measure(model, commands, "sentences", { grammar: sentences }),
  await measure(model, commands, "words", { grammar: vocabulary }),
  await measure(
    model,
    others.filter(({ kind }) => kind === "read"),
    "free",
    {},
  ),
  await measure(
    model,
    others.map((clip) => ({ ...clip, said: "" })),
    "sentences",
    { grammar: sentences },
  ),
];
await model.close();
console.table(
  rows.map((row) => ({
    ...row,
    wer: row.wer.toFixed(3),
    medianFinishMs: row.medianFinishMs.toFixed(1),
    realTimeFactor: row.realTimeFactor.toFixed(3),
  })),
);
if (values.json) writeFileSync(values.json, `${JSON.stringify(rows, undefined, 2)}\n`);
