import type { PcmFormat } from "../../audio/pcm.js";
import { SessionError } from "../../base/errors.js";
import type { Synthesize, SynthesizeStart } from "../../protocol/wyoming/tts.js";
import type { SynthesizeRequest, SynthesizeSession, VoiceSessions } from "../../sessions/voice.js";
import { AudioGroup } from "./audio-group.js";
import { onGone, type Peer } from "./peer.js";

/** How to speak, as the peer asked for it. */
export type Manner = Pick<SynthesizeRequest, "voice" | "language" | "speaker" | "ssml">;

/** A voice's name decides alone; its language counts only without one. */
export function mannerOf({ voice, textFormat }: Synthesize | SynthesizeStart): Manner {
  return {
    ...(voice?.name ? { voice: voice.name } : {}),
    ...(voice?.language && !voice.name ? { language: voice.language } : {}),
    ...(voice?.speaker ? { speaker: voice.speaker } : {}),
    ...(textFormat === "ssml" ? { ssml: true } : {}),
  };
}

/**
 * Speaks a whole text in exactly one group, also when there is nothing to say: the first `audio-stop` ends the
 * request for the peer. After an error there is none, lest half a text be taken for the whole.
 * @throws {SessionError} `too-long`, and what the session throws
 */
export async function speakWhole(
  { peer, voice, textChars }: { peer: Peer; voice: VoiceSessions; textChars: number },
  request: Synthesize,
): Promise<void> {
  if (request.text.length > textChars) throw textTooLong(textChars);
  const session = voice.synthesize({ origin: peer.origin, text: request.text, ...mannerOf(request) });
  await relay(peer, session, async (group, audio) => {
    await group.start();
    for await (const bytes of audio) await group.write(bytes);
    await group.end();
  });
}

/**
 * Speaks one sentence of a stream in a group of its own; none when it has no sound. An error ends the group.
 * @returns the format, which later sentences must keep
 */
export function speakSentence(peer: Peer, session: SynthesizeSession): Promise<PcmFormat> {
  return relay(peer, session, async (group, audio) => {
    try {
      for await (const bytes of audio) await group.write(bytes);
    } finally {
      await group.end();
    }
  });
}

export const textTooLong = (limit: number): SessionError =>
  new SessionError("too-long", `The text is longer than ${limit} characters. Send it in shorter parts.`);

/** Hands a session's audio on for as long as the peer is there. */
async function relay(
  peer: Peer,
  session: SynthesizeSession,
  send: (group: AudioGroup, audio: AsyncIterable<Uint8Array>) => Promise<void>,
): Promise<PcmFormat> {
  const forget = onGone(peer, () => session.cancel());
  try {
    const format = await session.format;
    await send(new AudioGroup(peer, format), whilePresent(peer, session.audio));
    return format;
  } catch (error) {
    session.cancel();
    throw error;
  } finally {
    forget();
  }
}

/** Leaves the audio as soon as nobody listens any more. @throws {SessionError} `cancelled` */
async function* whilePresent(peer: Peer, audio: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const bytes of audio) {
    peer.signal.throwIfAborted();
    yield bytes;
  }
  peer.signal.throwIfAborted();
}
