import { defineEvent } from "./define-event.js";
import { optional, string } from "./fields.js";

/** Something went wrong. */
export const error = defineEvent("error", {
  /** A sentence for people. */
  text: string,
  /** For programs. */
  code: optional(string),
});
