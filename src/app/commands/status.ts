import type { House } from "../house.js";
import { type Output, statusText } from "./output.js";

/** `irene status [--watch]`. */
export async function status(
  house: House,
  watch: boolean,
  output: Output,
  signal: AbortSignal,
): Promise<void> {
  const show = (snapshot: Awaited<ReturnType<House["status"]>>) => {
    if (watch && output.terminal) process.stdout.write("\x1b[2J\x1b[H");
    output.line(output.json ? JSON.stringify(snapshot, null, watch ? 0 : 2) : statusText(snapshot));
  };
  if (!watch) return show(await house.status());
  await house.watch(show, signal).catch((error) => {
    if (!signal.aborted) throw error;
  });
}
