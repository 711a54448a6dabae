import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { parse } from "yaml";
import { decodePcm } from "../src/audio/pcm.js";
import { resample } from "../src/audio/resample.js";
import { readWav } from "../src/audio/wav.js";
import { ENGINE_RATE_HZ } from "../src/engines/capability.js";
import { findProvider } from "../src/engines/registry.js";
import { compilePhrases } from "../src/home/compile-phrases.js";
import { loadSentences } from "../src/home/load-sentences.js";
import type { HomeNames } from "../src/home/names.js";
import { writePhraseBook } from "../src/home/phrase-book-file.js";
import { comparableWords } from "../src/text/word-error.js";
import { bigHome } from "./lib/big-home.js";

/**
 * Commands of a home, understood by a Vosk model that is held to its phrase book: how many are exactly right, what
 * becomes of other speech, and what the book costs.
 *
 *     script/bench commands --dir ../shared/models/vosk-en [--language en] [--speech ../shared/speech]
 *       [--home ../shared/speech/home-en.yaml] [--more 500] [--only NAME] [--json commands.json]
 *
 * Texts are compared in lower case, without punctuation, numbers spelled out. `--more` adds that many made-up names.
 */
const { values } = parseArgs({
  options: {
    dir: { type: "string", default: "../shared/models/vosk-en" },
    language: { type: "string", default: "en" },
    speech: { type: "string", default: "../shared/speech" },
    home: { type: "string" },
    more: { type: "string", default: "0" },
    only: { type: "string", default: "" },
    json: { type: "string" },
  },
});
const { language } = values;

const descriptor = findProvider("vosk");
if (!descriptor) throw new Error("there is no provider vosk");
const model = await descriptor.load(
  {
    model: "vosk/bench",
    provider: "vosk",
    paths: { dir: values.dir },
    params: { language },
    settings: {},
    threads: 2,
    arena: true,
  },
  (sentence) => console.warn(sentence),
);
if (model.capability !== "stt" || !model.prepare) throw new Error("the model takes no phrase book");

const homes = parse(readFileSync(values.home ?? join(values.speech, "home-en.yaml"), "utf8")) as Record<
  string,
  HomeNames
>;
const names = homes[language] ?? {};
const more = Number(values.more);
const { files, problems } = await loadSentences({ program: "models/sentences" }, language);
for (const problem of problems) console.warn(problem);
const startedAt = performance.now();
const book = compilePhrases({ language, names: more > 0 ? bigHome(names, more) : names, files });
const templatesMs = performance.now() - startedAt;
const folder = mkdtempSync(join(tmpdir(), "commands-"));
const file = await writePhraseBook(folder, book);
const rssBefore = process.memoryUsage().rss;
const report = await model.prepare(file);
const rssMb = (process.memoryUsage().rss - rssBefore) / 1e6;
console.log(
  `${report.phrases} sentences; templates ${templatesMs.toFixed(0)} ms, grammar ${report.compileMs.toFixed(0)} ms, ${rssMb.toFixed(0)} MB`,
);
console.log(
  "unknown:",
  report.unknownWords.map(({ word, respelled }) => `${word}${respelled ? ` = ${respelled}` : ""}`).join(", "),
);

const counts = { commands: 0, exact: 0, accepted: 0, wrong: 0, others: 0, forced: 0, read: 0, readForced: 0 };
const finishes: number[] = [];
const table = readFileSync(join(values.speech, "transcripts.tsv"), "utf8").trim().split("\n").slice(1);
for (const line of table) {
  const [name = "", spoken = "", said = "", kind = ""] = line.split("\t");
  if (spoken !== language || /wake/.test(kind) || !name.includes(values.only)) continue;
  const { format, pcm } = readWav(readFileSync(join(values.speech, name)));
  const samples = resample(decodePcm(format, pcm), format.rateHz, ENGINE_RATE_HZ);
  const stream = await model.open({ language, phrases: file });
  const openedAt = performance.now();
  for (let start = 0; start < samples.length; start += 1600)
    await stream.accept(samples.subarray(start, start + 1600));
  const endedAt = performance.now();
  const { command } = await stream.finish();
  const finishMs = performance.now() - endedAt;
  if (!command) throw new Error("no command came back");
  const accepted = command.decision === "accept";
  const same =
    comparableWords(said, language).join(" ") === comparableWords(command.text, language).join(" ");
  const right = /command/.test(kind) ? accepted && same : !accepted;
  if (/command/.test(kind)) {
    finishes.push(finishMs);
    counts.commands += 1;
    counts.exact += right ? 1 : 0;
    counts.accepted += accepted ? 1 : 0;
    counts.wrong += accepted && !same ? 1 : 0;
  } else if (/read/.test(kind)) {
    counts.read += 1;
    counts.readForced += accepted ? 1 : 0;
  } else {
    counts.others += 1;
    counts.forced += accepted ? 1 : 0;
  }
  console.log(
    `${right ? "ok   " : "WRONG"} ${(endedAt - openedAt).toFixed(0)}+${finishMs.toFixed(0)} ms  ${said || kind}`,
    right && /command/.test(kind)
      ? ""
      : `| ${command.heard} | ${command.decision} "${command.text}" ${command.distance.toFixed(2)} ${command.confidence.toFixed(2)}: ${command.why}`,
  );
}
await model.close();
rmSync(folder, { recursive: true });
const sorted = finishes.toSorted((a, b) => a - b);
const result = {
  language,
  dir: values.dir,
  names: more,
  ...counts,
  exactPercent: Math.round((100 * counts.exact) / Math.max(1, counts.commands)),
  medianFinishMs: Math.round(sorted[Math.floor(sorted.length / 2)] ?? 0),
  worstFinishMs: Math.round(sorted.at(-1) ?? 0),
  compileMs: Math.round(report.compileMs),
  grammarMb: Math.round(rssMb),
};
console.table([result]);
if (values.json) writeFileSync(values.json, `${JSON.stringify(result, undefined, 2)}\n`);
