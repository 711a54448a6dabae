import { type Fields, HERMES_LIMITS, present, siteField, stringField } from "./fields.js";
import type { MessageKind } from "./message.js";

/** Something went wrong in one of the roles. */
export interface Failure {
  /** One sentence for people. */
  readonly error: string;
  readonly siteId: string;
  /** Stable code, or whatever else tells where it happened. */
  readonly context?: string;
  readonly sessionId?: string;
}

const parse = (fields: Fields): Failure => ({
  error: stringField(fields, "error", HERMES_LIMITS.text) ?? "",
  siteId: siteField(fields),
  ...present({
    context: stringField(fields, "context", HERMES_LIMITS.text),
    sessionId: stringField(fields, "sessionId"),
  }),
});

const kind = (role: string): MessageKind<Failure> => ({ topic: `hermes/error/${role}`, parse });

export const asrError = kind("asr");
export const ttsError = kind("tts");
export const hotwordError = kind("hotword");
export const dialogueError = kind("dialogueManager");
export const recordError = kind("audioServer/record");
export const playError = kind("audioServer/play");
