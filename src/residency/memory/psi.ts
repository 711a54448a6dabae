import { findPressureFile } from "./cgroup.js";
import type { KernelFiles } from "./kernel-files.js";

/** Share of the last ten seconds, in percent, in which tasks waited for memory. */
export interface MemoryPressure {
  /** At least one task waited. */
  readonly somePercent: number;
  /** All of them waited: nothing useful was done. */
  readonly fullPercent: number;
}

/**
 * The kernel's pressure information, of our own group where there is one; undefined where it is switched off, as on
 * Home Assistant's Raspberry Pi images.
 * @see https://docs.kernel.org/accounting/psi.html
 */
export async function readMemoryPressure(files: KernelFiles): Promise<MemoryPressure | undefined> {
  const own = await findPressureFile(files);
  const text = (own && (await files.read(own))) || (await files.read("proc/pressure/memory"));
  const somePercent = average(text, "some");
  if (somePercent === undefined) return undefined;
  return { somePercent, fullPercent: average(text, "full") ?? 0 };
}

function average(text: string | undefined, kind: "some" | "full"): number | undefined {
  const match = new RegExp(`^${kind} avg10=([\\d.]+)`, "m").exec(text ?? "");
  return match ? Number(match[1]) : undefined;
}
