import type { Capability } from "../../catalog/manifest.js";
import type { House } from "../house.js";
import type { CommandCall } from "./command-line.js";
import { withProgress } from "./progress.js";
import { textFlags } from "./text-flags.js";

/** What a model can be chosen for; wake words are an option of their own. */
export const SWITCHABLE: readonly Capability[] = ["stt", "tts", "vad"];

/** `irene models use CAPABILITY MODEL`: another model answers, at once and after restarts. */
export async function useModel(house: House, { args, flags, output }: CommandCall): Promise<undefined> {
  const [name, model = "auto"] = args;
  const capability = SWITCHABLE.find((each) => each === name);
  // The command line let nothing else through.
  if (!capability) return;
  const { language } = textFlags(flags, ["language"]);
  const choice = { capability, ...(language && { language }), model: model === "auto" ? undefined : model };
  const used = await withProgress(house, output, () => house.use(choice));
  if (output.json) {
    output.line(JSON.stringify(used, null, 2));
    return;
  }
  const place = used.former && used.former !== used.model ? ` in the place of ${used.former}` : "";
  output.line(`${capability} (${used.language || "any language"}): ${used.model ?? "nobody"}${place}`);
}
