import { wordErrors } from "../src/text/word-error.js";
import { frenchModel } from "../test/fixtures/vosk-models.js";
import { transcribeWav } from "../test/fixtures/wyoming-tasks.js";
import { type Clip, clipsOf } from "./lib/clips.js";
import { closeHouse, obtain, openHouse, ready } from "./lib/house.js";
import { type Row, report } from "./lib/report.js";
import { wireName } from "./lib/requests.js";
import { median, timed } from "./lib/statistics.js";

/**
 * Words wrong of each model over the recordings, as a peer gets them: through the built program, with silence trimmed
 * and with audio as it came. Texts are compared in lower case, without punctuation, numbers spelled out.
 *
 *     script/bench wer [MODEL…]
 */
const ALL = [
  ["moonshine/base-en", "en"],
  ["moonshine/tiny-en", "en"],
  ["whisper/tiny", "en"],
  ["vosk/en_small", "en"],
  ["vosk/en_domain", "en"],
  ["whisper/tiny", "fr"],
  ["vosk/fr_small", "fr"],
] as const;
const asked = process.argv.slice(2);
const french = await frenchModel();
const wanted = ALL.filter(
  ([model]) => (asked.length === 0 || asked.includes(model)) && (model !== "vosk/fr_small" || french),
);

async function measure(
  port: number,
  model: string,
  clips: readonly Clip[],
): Promise<{ row: Row; heard: unknown }> {
  let [errors, words, exact] = [0, 0, 0];
  const times: number[] = [];
  const heard: Record<string, string> = {};
  for (const { file, said, language, wav } of clips) {
    const { ms, result } = await timed(() => transcribeWav(port, wav, { name: wireName(model), language }));
    const found = wordErrors(said, result.text, language);
    errors += found.insertions + found.deletions + found.substitutions;
    words += found.words;
    if (found.rate === 0) exact += 1;
    times.push(ms);
    heard[file] = result.text;
  }
  return {
    row: {
      clips: clips.length,
      words,
      "words wrong": `${((100 * errors) / words).toFixed(1)} %`,
      exact,
      "median, ms": median(times).toFixed(0),
    },
    heard,
  };
}

const downloads = [...new Set(wanted.map(([model]) => model))].filter((model) => model !== "vosk/fr_small");
await obtain([...downloads, "silero_vad/v5"]);
const rows: Row[] = [];
const raw: unknown[] = [];
for (const trimmed of [true, false]) {
  const program = await openHouse({
    preload: false,
    audio: { trim_silence: trimmed },
    ...(french ? { models: { folders: { "vosk/fr_small": french } } } : {}),
  });
  await ready(program);
  const port = await program.port("wyoming");
  for (const [model, language] of wanted) {
    const clips = clipsOf(language);
    const [first] = clips;
    // Loads the model, which is not what is timed.
    if (first) await measure(port, model, [first]);
    for (const kind of ["command", "read"] as const) {
      const { row, heard } = await measure(
        port,
        model,
        clips.filter((clip) => clip.kind === kind),
      );
      rows.push({ model, language, speech: kind, trimmed: trimmed ? "yes" : "no", ...row });
      raw.push({ model, language, kind, trimmed, heard });
    }
    // After each model: a long run that is broken off has not measured for nothing.
    report({ name: "wer", title: "Words wrong, through the program", rows, raw });
  }
  await closeHouse(program);
}
