import type { Snapshot } from "../sessions/snapshot.js";
import type { TranscribeResult } from "../sessions/voice.js";

/** What commands can do, with a running server or without one. */
export interface House {
  status(): Promise<Snapshot>;
  /** Calls back with every new snapshot until the signal aborts. */
  watch(onSnapshot: (snapshot: Snapshot) => void, signal: AbortSignal): Promise<void>;
  transcribe(wav: Uint8Array, options: { model?: string; language?: string }): Promise<TranscribeResult>;
  /** @returns a WAV file */
  say(text: string, options: { voice?: string; language?: string; speaker?: string }): Promise<Uint8Array>;
  pull(model: string): Promise<void>;
  remove(model: string): Promise<void>;
  check(model: string): Promise<string | undefined>;
  warmUp(model: string): Promise<void>;
  unload(model: string): Promise<void>;
  /** Ends what was started for the command. */
  close(): Promise<void>;
}
