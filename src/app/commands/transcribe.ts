import { readFile } from "node:fs/promises";
import { SessionError } from "../../base/errors.js";
import type { House } from "../house.js";
import type { Output } from "./output.js";

export interface TranscribeFlags {
  readonly model?: string;
  readonly language?: string;
}

/** `irene transcribe FILE.wav`: the text on standard output. */
export async function transcribe(
  house: House,
  file: string,
  flags: TranscribeFlags,
  output: Output,
): Promise<void> {
  const wav = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    throw new SessionError("unsupported-audio", `${file} cannot be read: ${error.message}`, { cause: error });
  });
  const result = await house.transcribe(wav, flags);
  if (output.json) output.line(JSON.stringify(result, null, 2));
  else {
    if (result.degraded) output.remark(result.degraded);
    if (result.text === "") output.remark("Nothing was heard.");
    output.line(result.text);
  }
}
