import { readFile } from "node:fs/promises";
import { messageOf } from "../../base/errors.js";
import type { House } from "../house.js";
import { CommandError } from "./command-error.js";
import type { CommandCall } from "./command-line.js";
import { withProgress } from "./progress.js";
import { textFlags } from "./text-flags.js";

/** `irene transcribe FILE.wav`: the text on standard output. */
export async function transcribe(house: House, { args, flags, output }: CommandCall): Promise<undefined> {
  const [file = ""] = args;
  const { model, ...options } = textFlags(flags, ["model", "language"]);
  const wav = await readFile(file).catch((error: unknown) => {
    throw new CommandError("file-unreadable", `${file} cannot be read: ${messageOf(error)}`, {
      cause: error,
    });
  });
  const named = model === undefined ? {} : { model: await house.find(model, "stt") };
  const result = await withProgress(house, output, () => house.transcribe(wav, { ...options, ...named }));
  if (output.json) {
    output.line(JSON.stringify(result, null, 2));
    return;
  }
  if (result.degraded) output.remark(result.degraded);
  if (result.text === "") output.remark("Nothing was heard.");
  output.line(result.text);
}
