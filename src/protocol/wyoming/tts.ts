import { defineEvent, type EventOf } from "./define-event.js";
import { json, object, optional, string } from "./fields.js";

const VOICE = {
  /** A voice by its name in `info`; then the language says nothing more. */
  name: optional(string),
  language: optional(string),
  speaker: optional(string),
} as const;

const MANNER = {
  voice: optional(object(VOICE)),
  /** `text`, `ssml` or something newer. */
  textFormat: optional(string),
  context: optional(json),
} as const;

/** Asks for speech. Inside a stream it repeats the whole text for old servers and must be ignored. */
export const synthesize = defineEvent("synthesize", { text: string, ...MANNER });
export type Synthesize = EventOf<typeof synthesize>;

/** Opens a stream of text. */
export const synthesizeStart = defineEvent("synthesize-start", MANNER);
export type SynthesizeStart = EventOf<typeof synthesizeStart>;

/** The next piece of text; it may be cut anywhere, also inside a word. */
export const synthesizeChunk = defineEvent("synthesize-chunk", { text: string });

/** No more text. */
export const synthesizeStop = defineEvent("synthesize-stop", {});

/** No more audio for this stream. The peer waits for it, also after an error. */
export const synthesizeStopped = defineEvent("synthesize-stopped", {});
