import { defineEvent } from "./define-event.js";
import { json, list, number, optional, string } from "./fields.js";

/** Asks who speaks in the audio that follows. */
export const identify = defineEvent("identify", {
  name: optional(string),
  names: optional(list(string)),
  context: optional(json),
});

/** A known person spoke. */
export const identified = defineEvent("identified", {
  name: string,
  /** 0 to 1. */
  confidence: optional(number),
  context: optional(json),
});

/** Nobody known spoke. */
export const notIdentified = defineEvent("not-identified", {});

/** Asks to learn a person's voice from the audio that follows. */
export const enroll = defineEvent("enroll", { name: string, model: optional(string) });

/** The voice was learned. */
export const enrolled = defineEvent("enrolled", {});

/** Asks to forget a person's voice. */
export const deleteIdentity = defineEvent("delete", { name: string, model: optional(string) });

/** The voice was forgotten. */
export const deleted = defineEvent("deleted", {});
