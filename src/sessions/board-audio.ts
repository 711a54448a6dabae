import type { PcmFormat } from "../audio/pcm.js";

/** What goes on with the person in front of the board. */
export type BoardActivity = "idle" | "listening" | "thinking";

/** Microphone and speaker of this machine, as those see them who lead a dialogue with whoever stands there. */
export interface BoardAudio {
  /** Of what listeners get. */
  readonly format: PcmFormat;
  readonly isMuted: boolean;
  /**
   * Hears the microphone. Nothing comes while it is muted or gone. One leader at a time: who listens first is heard
   * again when the one that came later has gone.
   * @returns a function that stops it
   */
  listen(leader: BoardLeader): () => void;
  /** Only counts from the one who leads. */
  show(leader: BoardLeader, activity: BoardActivity): void;
  /** Plays a short sound that says the wake word was heard, unless the user wants none. */
  chime(): void;
  /**
   * Plays after what is under way; resolves when it was heard, or stopped before its end.
   * @throws {DeviceError} `device-unavailable`; {SessionError} `busy` when too much waits already
   */
  play(format: PcmFormat, pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void>;
  /** Ends what is played and what waits. */
  hush(): void;
  setMuted(muted: boolean): void;
  /** @param percent 0 to 100 */
  setVolume(percent: number): void;
}

/** Whoever leads the dialogue. */
export interface BoardLeader {
  /** Whole samples of the board's format. */
  readonly onSound: (pcm: Uint8Array) => void;
  /** The microphone was muted: what was being listened for does not come. */
  readonly onMuted: () => void;
  /** Somebody else leads from now on. */
  readonly onReplaced: () => void;
}
