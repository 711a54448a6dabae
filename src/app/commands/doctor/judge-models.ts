import { formatBytes } from "../../../base/units.js";
import type { Garbage } from "../../../sessions/controls.js";
import type { Foresight } from "../../../sessions/foresight.js";
import type { ModelSnapshot, Snapshot } from "../../../sessions/snapshot.js";
import { about, type Finding } from "./finding.js";

/** What a server says of itself; nothing without one. */
export function judgeServer(running: Snapshot | undefined): Finding {
  const { ok, warn, fail } = about("server");
  if (!running) return ok("No server runs on this data folder.");
  const { version, phase, problem } = running;
  const message = `Irene Edge ${version} runs: ${phase}${problem ? ` - ${problem}` : ""}`;
  if (phase === "error") return fail(message, "Its log says more; `irene status` shows each model.");
  return phase === "degraded" || problem
    ? warn(message, "Its log says more; `irene status` shows each model.")
    : ok(`${message}.`);
}

/** One finding for each damaged model, else one for all. */
export function judgeModels(models: readonly ModelSnapshot[]): readonly Finding[] {
  const { ok, fail } = about("models");
  const damaged = models.flatMap(({ id, asset }) =>
    asset.name === "corrupt"
      ? fail(`${id} is damaged: ${asset.reason}.`, `Get it anew with \`irene models pull ${id}\`.`)
      : [],
  );
  if (damaged.length > 0) return damaged;
  const sizes = models.flatMap(({ asset }) =>
    asset.name === "present" && asset.bytes > 0 ? asset.bytes : [],
  );
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  const count = `${sizes.length} ${sizes.length === 1 ? "model is" : "models are"}`;
  return [ok(sizes.length === 0 ? "No model is on disk yet." : `${count} on disk, ${formatBytes(bytes)}.`)];
}

export function judgeGarbage(garbage: readonly Garbage[]): Finding {
  const { ok, warn } = about("garbage");
  const bytes = garbage.reduce((sum, each) => sum + each.bytes, 0);
  const count = `${garbage.length} unfinished or unknown ${garbage.length === 1 ? "thing" : "things"}`;
  return garbage.length === 0
    ? ok("Every file in the models folder belongs to a model.")
    : warn(
        `${count} in the models folder, ${formatBytes(bytes)}.`,
        "`irene models gc --dry-run` shows what, without --dry-run it removes them.",
      );
}

/** Whether somebody answers, fits and can be had. */
export function judgePlan({ answers, warmUp, downloads, language }: Foresight): readonly Finding[] {
  const lost = downloads.filter(({ reachable }) => !reachable);
  return [
    ...answers.flatMap(({ capability, model, why }) => {
      const { ok, fail } = about(capability);
      if (capability !== "stt" && capability !== "tts") return [];
      const task = capability === "stt" ? "hear" : "speak";
      return model
        ? ok(`${model} is chosen to ${task} ${language}: ${why}.`)
        : fail(`Nobody can ${task} ${language}: ${why}.`, "`irene plan` shows what stands in the way.");
    }),
    ...warmUp.leftOut.map(({ why }) => about("fit").warn(`${why}.`, "`irene plan` shows what fits.")),
    ...lost.map(({ model }) =>
      about("download").fail(
        `${model} is to be loaded, is not on disk, and its source does not answer.`,
        "Check the network, or name a model that is on disk.",
      ),
    ),
  ];
}
