import type { Snapshot } from "../../sessions/snapshot.js";
import type { House } from "../house.js";
import { CommandError } from "./command-error.js";
import type { CommandCall } from "./command-line.js";
import { statusText } from "./status-text.js";

/** `irene status [--watch]`. */
export async function status(house: House, { flags, output }: CommandCall): Promise<undefined> {
  const watching = flags["watch"] === true;
  const show = (snapshot: Snapshot) => {
    if (watching && !output.json && process.stdout.isTTY) process.stdout.write("\x1b[2J\x1b[H");
    output.line(output.json ? JSON.stringify(snapshot, null, watching ? 0 : 2) : statusText(snapshot));
  };
  if (!watching) {
    if (house.kind === "own")
      output.remark("No server runs on this data folder; this is what it would have.");
    show(await house.status());
    return;
  }
  if (house.kind === "own") {
    throw new CommandError(
      "no-server",
      "No server runs on this data folder, so there is nothing to watch. Start one with `irene serve`.",
    );
  }
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());
  await house.watch(show, AbortSignal.any([stop.signal, output.closed]));
  if (!stop.signal.aborted && !output.closed.aborted) output.remark("The server has ended.");
}
