import { defineEvent, definePayloadEvent, type EventOf } from "./define-event.js";
import { count, named, nullable, number } from "./fields.js";

/** Interleaved PCM, little-endian; signed except for 1-byte samples. */
export const FORMAT = {
  rateHz: named("rate", count),
  widthBytes: named("width", count),
  channels: count,
} as const;

/** Milliseconds on the sender's own clock. */
const timestamp = { timestampMs: nullable(named("timestamp", number)) } as const;

/** Audio follows. */
export const audioStart = defineEvent("audio-start", { ...FORMAT, ...timestamp });
export type AudioStart = EventOf<typeof audioStart>;

/** A piece of audio. Its own format counts, whatever `audio-start` said; it may be empty or end inside a sample. */
export const audioChunk = definePayloadEvent("audio-chunk", { ...FORMAT, ...timestamp });
export type AudioChunk = EventOf<typeof audioChunk>;

/** No more audio. */
export const audioStop = defineEvent("audio-stop", timestamp);
export type AudioStop = EventOf<typeof audioStop>;

/** The speaker has played everything. */
export const played = defineEvent("played", {});
