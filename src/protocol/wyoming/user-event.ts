import { defineEvent } from "./define-event.js";
import { json, optional, string } from "./fields.js";

/** An event whose meaning only its users know. */
export const userEvent = defineEvent("user-event", {
  name: string,
  data: optional(json),
  context: optional(json),
});
