import { type Fields, siteField, stringField } from "./fields.js";

/** Switches listening of a site on or off. The reason tells apart who switches: all must agree before it is on. */
export interface Toggle {
  readonly siteId: string;
  /** Empty when whoever sends it does not care for reasons. */
  readonly reason: string;
}

/** Reasons of our own. */
export const REASON = { dialogue: "dialogueSession", audio: "playAudio", say: "ttsSay" } as const;

export function parseToggle(fields: Fields): Toggle {
  return { siteId: siteField(fields), reason: stringField(fields, "reason", 64) ?? "" };
}

/** How many different reasons one site may have. */
const MAX_REASONS = 8;

/**
 * Why a site is not to listen. On again only when every reason was taken back, or by an `on` without reason.
 * Pure: each answer is a new set.
 */
export function withToggle(reasons: ReadonlySet<string>, on: boolean, reason: string): ReadonlySet<string> {
  if (on) return reason === "" ? new Set() : new Set([...reasons].filter((each) => each !== reason));
  return reasons.size >= MAX_REASONS ? reasons : new Set([...reasons, reason]);
}
