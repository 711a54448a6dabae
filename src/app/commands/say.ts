import { writeFile } from "node:fs/promises";
import { readWav } from "../../audio/wav.js";
import { formatBytes } from "../../base/units.js";
import type { House } from "../house.js";
import type { Output } from "./output.js";

export interface SayFlags {
  readonly output: string;
  readonly voice?: string;
  readonly language?: string;
  readonly speaker?: string;
}

/** `irene say TEXT -o FILE.wav`. */
export async function say(house: House, text: string, flags: SayFlags, output: Output): Promise<void> {
  const { output: file, ...options } = flags;
  const wav = await house.say(text, options);
  await writeFile(file, wav);
  const { format, pcm } = readWav(wav);
  const seconds = pcm.length / (format.rateHz * format.widthBytes * format.channels);
  if (output.json) output.line(JSON.stringify({ file, seconds, bytes: wav.length, rateHz: format.rateHz }));
  else output.line(`${file}: ${seconds.toFixed(1)} s of speech, ${formatBytes(wav.length)}`);
}
