import { SPEECH_RATE_HZ } from "../audio/pcm.js";
import type { Transcript } from "../engines/capability.js";
import type { Segment } from "./segment-speech.js";

/** One transcript from those of the segments, word times shifted to the utterance; as sure as the least sure part. */
export function joinTranscripts(parts: readonly Transcript[], segments: readonly Segment[]): Transcript {
  const known = parts.map(({ confidence }) => confidence).filter((value) => value !== undefined);
  const language = parts.find((part) => part.language)?.language;
  const words = parts.flatMap((part, index) => {
    const shift = (segments[index]?.from ?? 0) / SPEECH_RATE_HZ;
    return (part.words ?? []).map((word) => ({
      ...word,
      startSeconds: word.startSeconds + shift,
      endSeconds: word.endSeconds + shift,
    }));
  });
  return {
    text: parts
      .map(({ text }) => text.trim())
      .filter((text) => text !== "")
      .join(" "),
    ...(language ? { language } : {}),
    ...(known.length > 0 ? { confidence: Math.min(...known) } : {}),
    ...(words.length > 0 ? { words } : {}),
  };
}
