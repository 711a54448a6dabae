import { defineEvent } from "./define-event.js";
import { json, optional, string } from "./fields.js";

const ANSWER = { text: optional(string), context: optional(json) } as const;

/** The sentence or intent was handled; `text` is the answer for people. */
export const handled = defineEvent("handled", ANSWER);

/** It could not be handled. */
export const notHandled = defineEvent("not-handled", ANSWER);

/** The answer will come in chunks. */
export const handledStart = defineEvent("handled-start", { context: optional(json) });

/** The next piece of the answer. */
export const handledChunk = defineEvent("handled-chunk", { text: string });

/** Ends a streamed answer, after `handled`. */
export const handledStop = defineEvent("handled-stop", {});
