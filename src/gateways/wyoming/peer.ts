import type { WyomingEvent } from "../../protocol/wyoming/codec.js";
import type { Origin } from "../../sessions/voice.js";

/** The other end of a connection, as the tasks it asked for see it. */
export interface Peer {
  readonly origin: Origin;
  /** Aborts as soon as the connection ends, whoever ended it. */
  readonly signal: AbortSignal;
  /** Resolves when there is room for more; never rejects, also not when the peer is gone. */
  send(event: WyomingEvent): Promise<void>;
}

/** Calls `cancel` when the peer goes, at once if it has gone. @returns a function that forgets it */
export function onGone(peer: Peer, cancel: () => void): () => void {
  if (peer.signal.aborted) cancel();
  else peer.signal.addEventListener("abort", cancel, { once: true });
  return () => peer.signal.removeEventListener("abort", cancel);
}
