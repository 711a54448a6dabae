import { defineEvent, type EventOf } from "./define-event.js";
import { json, list, optional, string } from "./fields.js";

/** Asks for the text of the audio that follows. */
export const transcribe = defineEvent("transcribe", {
  /** A model by its name in `info`. */
  name: optional(string),
  language: optional(string),
  context: optional(json),
  /** `default`, `relaxed`, `aggressive` or something newer. */
  vadSensitivity: optional(string),
  /** Names likely to be spoken; they weigh more than terms. */
  transcriptNames: optional(list(string)),
  transcriptTerms: optional(list(string)),
});
export type Transcribe = EventOf<typeof transcribe>;

/** The whole text. Ends a transcription, also after streamed chunks. */
export const transcript = defineEvent("transcript", {
  text: string,
  language: optional(string),
  context: optional(json),
});
export type Transcript = EventOf<typeof transcript>;

/** Text will come in chunks. Only after `info` promised it. */
export const transcriptStart = defineEvent("transcript-start", {
  language: optional(string),
  context: optional(json),
});

/** The next piece of text, which nothing can take back. All chunks together are the transcript. */
export const transcriptChunk = defineEvent("transcript-chunk", { text: string });

/** Ends a streamed transcription, after `transcript`. */
export const transcriptStop = defineEvent("transcript-stop", {});
