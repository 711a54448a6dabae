import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { namesIn } from "../../config/option.js";
import type { CatalogLadder } from "../catalog-ladder.js";
import type { CoreParts } from "../core.js";
import { supervisorAddress } from "../supervisor-address.js";
import { PROGRAM_DIR } from "../version.js";
import { commandModel } from "./command-model.js";
import { HomeKnowledge } from "./home-knowledge.js";
import { onlyBeside, type SeenResidency } from "./only-beside.js";

/** From this many cores on, two models may decode what is being said. */
const PARALLEL_CORES = 4;

/** What the home is called and its commands, where they are wanted: only with `stt: auto` is the choice ours. */
export function openHome(
  { config, env, clock, log }: CoreParts,
  {
    ladder,
    residency,
    needBytes,
  }: {
    readonly ladder: CatalogLadder;
    readonly residency: SeenResidency;
    /** See `onlyBeside`. */
    readonly needBytes: (model: string) => number;
  },
): HomeKnowledge | undefined {
  const [wanted = "auto"] = namesIn(config.stt);
  if (!config.home.commands || wanted !== "auto") return undefined;
  const { url, token } = supervisorAddress(env);
  const core = token === "" ? undefined : { url: `${url.replace(/^http/, "ws")}/core/websocket`, token };
  return new HomeKnowledge({
    config,
    sentences: fileURLToPath(new URL("models/sentences", PROGRAM_DIR)),
    core,
    choose: (language, without) => commandModel(ladder, language, without),
    residency: onlyBeside(residency, needBytes),
    clock,
    log,
    parallel: availableParallelism() >= PARALLEL_CORES,
  });
}
