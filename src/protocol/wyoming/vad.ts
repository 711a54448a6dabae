import { defineEvent } from "./define-event.js";
import { named, nullable, number } from "./fields.js";

const moment = { timestampMs: nullable(named("timestamp", number)) } as const;

/** Someone began to speak. */
export const voiceStarted = defineEvent("voice-started", moment);

/** Speech ended. */
export const voiceStopped = defineEvent("voice-stopped", moment);
