import type { Availability } from "../../../engines/capability.js";
import { about, type Finding } from "./finding.js";

/** One provider on this machine. */
export interface ProviderFacts {
  readonly name: string;
  readonly title: string;
  readonly enabled: boolean;
  /** Named in the settings. */
  readonly wanted: boolean;
  readonly availability: Availability;
}

export function judgeProvider({ name, title, enabled, wanted, availability }: ProviderFacts): Finding {
  const { ok, fail } = about(`provider ${name}`);
  if (!enabled && wanted) {
    return fail(
      `${title} is asked for in the settings, and switched off there too.`,
      "Remove `enabled: false`, or name another provider.",
    );
  }
  if (!enabled) return ok(`${title} is switched off.`);
  if (availability.ok) return ok(`${title} can be used.`);
  return wanted
    ? fail(`${title} is asked for in the settings, but cannot be used.`, availability.reason)
    : ok(`${title} cannot be used here, and nothing asks for it: ${availability.reason}`);
}

/**
 * @param version of PyTorch; `undefined` without it, empty when it does not tell
 * @param wanted Silero versions named in the settings, such as `silero_v4`
 */
export function judgeTorch(version: string | undefined, wanted: readonly string[]): Finding {
  const { ok, fail } = about("pytorch");
  if (version === undefined) {
    return wanted.length > 0
      ? fail(
          `Python 3 with PyTorch is not installed, and ${wanted.join(" and ")} cannot speak without it.`,
          "Install it (Debian: apt install python3-torch), or choose another voice.",
        )
      : ok("Python 3 with PyTorch is not installed; only Silero voices need it.");
  }
  const major = Number(version.split(".")[0]);
  if (version !== "" && major < 2) {
    return wanted.includes("silero_v4")
      ? fail(`PyTorch ${version} is too old for Silero v4.`, "Use silero_v3, or PyTorch 2 (Debian 13).")
      : ok(`PyTorch ${version}: good for Silero v3, too old for v4.`);
  }
  return ok(`PyTorch ${version || "of an unknown version"} is installed.`);
}

/** @param needed whether a model that is to be had comes as a bzip2 archive */
export function judgeBzip2(path: string | undefined, needed: boolean): Finding {
  const { ok, warn } = about("bzip2");
  if (path !== undefined) return ok(`bzip2 is at ${path}.`);
  const message = "bzip2 is not installed; .tar.bz2 archives are unpacked without it, several times slower.";
  return needed ? warn(message, "Install it (Debian: apt install bzip2).") : ok(message);
}
