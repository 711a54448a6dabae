import { defineEvent } from "./define-event.js";
import { anything, json, list, nullable, object, optional, string } from "./fields.js";

/** Asks for the intent of a sentence. */
export const recognize = defineEvent("recognize", { text: string, context: optional(json) });

/** An intent that was recognized. */
export const intent = defineEvent("intent", {
  name: string,
  entities: optional(list(object({ name: string, value: nullable(anything) }))),
  /** Answer for people. */
  text: optional(string),
  context: optional(json),
});

/** Several intents follow. */
export const intentsStart = defineEvent("intents-start", { context: optional(json) });

/** No more intents. */
export const intentsStop = defineEvent("intents-stop", { context: optional(json) });

/** The sentence holds no known intent. */
export const notRecognized = defineEvent("not-recognized", {
  text: optional(string),
  context: optional(json),
});
