import { defineEvent, type EventOf } from "./define-event.js";
import { json, list, named, nullable, number, optional, string } from "./fields.js";

/** Asks to listen for wake words in the audio that follows. */
export const detect = defineEvent("detect", {
  /** Models by their names in `info`; absent or empty means any. */
  names: nullable(list(string)),
  context: optional(json),
});
export type Detect = EventOf<typeof detect>;

/** A wake word was heard. */
export const detection = defineEvent("detection", {
  name: nullable(string),
  /** Of the audio chunk in which it was heard, in milliseconds. */
  timestampMs: nullable(named("timestamp", number)),
  speaker: nullable(string),
  context: optional(json),
});
export type Detection = EventOf<typeof detection>;

/** The audio ended without a wake word. */
export const notDetected = defineEvent("not-detected", { context: optional(json) });
