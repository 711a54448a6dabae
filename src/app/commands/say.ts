import { constants } from "node:fs";
import { access, stat, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { readWav } from "../../audio/wav.js";
import { messageOf } from "../../base/errors.js";
import { formatBytes } from "../../base/units.js";
import type { House } from "../house.js";
import { CommandError } from "./command-error.js";
import type { CommandCall } from "./command-line.js";
import { withProgress } from "./progress.js";
import { textFlags } from "./text-flags.js";

/** `irene say TEXT -o FILE.wav`. */
export async function say(house: House, { args, flags, output }: CommandCall): Promise<undefined> {
  const [text = ""] = args;
  const file = String(flags["output"]);
  const { voice, ...options } = textFlags(flags, ["voice", "language", "speaker"]);
  if (file !== "-") await checkWritable(file);
  const named = voice === undefined ? {} : { voice: await house.find(voice, "tts") };
  const wav = await withProgress(house, output, () => house.say(text, { ...options, ...named }));
  if (file === "-") {
    output.bytes(wav);
    return;
  }
  await writeFile(file, wav).catch((error: unknown) => {
    throw unwritable(file, error);
  });
  const { format, pcm } = readWav(wav);
  const seconds = pcm.length / (format.rateHz * format.widthBytes * format.channels);
  if (output.json) output.line(JSON.stringify({ file, seconds, bytes: wav.length, rateHz: format.rateHz }));
  else output.line(`${file}: ${seconds.toFixed(1)} s of speech, ${formatBytes(wav.length)}`);
}

/** Found out before a model is loaded for it. */
async function checkWritable(file: string): Promise<void> {
  try {
    const found = await stat(file).catch(() => undefined);
    if (found?.isDirectory()) throw new Error("it is a folder");
    await access(found ? file : dirname(resolve(file)), constants.W_OK);
  } catch (error) {
    throw unwritable(file, error);
  }
}

const unwritable = (file: string, error: unknown): CommandError =>
  new CommandError("file-unwritable", `${file} cannot be written: ${messageOf(error)}`, { cause: error });
