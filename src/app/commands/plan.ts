import { formatBytes } from "../../base/units.js";
import type { Capability } from "../../catalog/manifest.js";
import type { Foresight } from "../../sessions/foresight.js";
import type { House } from "../house.js";
import type { CommandCall } from "./command-line.js";

const TITLES: Readonly<Record<Capability, string>> = {
  vad: "Voice detection",
  wake: "Wake words",
  stt: "Speech to text",
  tts: "Text to speech",
};
/** The rest is in `--json`. */
const SHOWN = 4;

/** `irene plan`: what the next start would load, and why. */
export async function plan(house: House, { output }: CommandCall): Promise<undefined> {
  const foresight = await house.plan();
  output.line(output.json ? JSON.stringify(foresight, null, 2) : planText(foresight));
}

/** The plan in plain words. */
export function planText({ language, answers, warmUp, commands, downloads }: Foresight): string {
  return [
    `Who answers in ${language}`,
    ...answers.flatMap((answer) => answerLines(answer)),
    "",
    "What is loaded at start, in this order",
    ...(warmUp.loads.length + warmUp.leftOut.length > 0
      ? warmUp.lines.map((line) => `  ${line}`)
      : ["  Nothing: every model loads at its first request."]),
    ...(commands ? ["", `Commands of the home: ${commands.sentence}`] : []),
    "",
    downloadLine(downloads),
  ].join("\n");
}

function answerLines({ capability, model, why, fallbacks, leftOut }: Foresight["answers"][number]): string[] {
  const more = (count: number) => (count > SHOWN ? `, and ${count - SHOWN} more` : "");
  const then =
    fallbacks.length > 0
      ? [`      when it cannot: ${fallbacks.slice(0, SHOWN).join(", ")}${more(fallbacks.length)}`]
      : [];
  const out = leftOut.slice(0, SHOWN).map(({ id, why: reason }) => `      not ${id}: ${reason}`);
  const rest = leftOut.length > SHOWN ? [`      and not ${leftOut.length - SHOWN} more`] : [];
  return [`  ${TITLES[capability]}: ${model ?? "nobody"} - ${why}`, ...then, ...out, ...rest];
}

function downloadLine(downloads: Foresight["downloads"]): string {
  if (downloads.length === 0) return "Nothing has to be downloaded.";
  const each = downloads.map(
    ({ model, bytes, reachable }) =>
      `${model} (${bytes === undefined ? "size not known" : formatBytes(bytes)}${reachable ? "" : ", but its source does not answer now"})`,
  );
  const known = downloads.reduce((sum, { bytes = 0 }) => sum + bytes, 0);
  const sum = downloads.length > 1 && known > 0 ? `, ${formatBytes(known)} in all as far as known` : "";
  return `Downloaded before that: ${each.join(", ")}${sum}.`;
}
