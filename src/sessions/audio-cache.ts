import { createHash } from "node:crypto";
import type { PcmFormat } from "../audio/pcm.js";

/** What makes two syntheses sound the same. */
export interface SpokenKey {
  /** Catalog id. */
  readonly voice: string;
  readonly text: string;
  readonly language?: string;
  readonly speaker?: string;
  readonly speed?: number;
  readonly ssml?: boolean;
  /** Absent means the voice's own. */
  readonly rateHz?: number;
}

/** A whole synthesis. Pieces are shared by all who hear it: not to be changed. */
export interface SpokenAudio {
  readonly format: PcmFormat;
  readonly pieces: readonly Uint8Array[];
}

/** Memory of one entry besides its audio, roughly. */
const ENTRY_BYTES = 512;

/** Sentences already spoken, up to a number of bytes; the ones heard longest ago make room. Holds no text. */
export class AudioCache {
  readonly #maxBytes: number;
  /** Least recently heard first. */
  readonly #entries = new Map<string, { readonly audio: SpokenAudio; readonly bytes: number }>();
  #bytes = 0;

  /** @param maxBytes 0 keeps nothing. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Audio longer than this is not worth keeping: it would push out everything else. */
  get maxEntryBytes(): number {
    return this.#maxBytes / 4;
  }

  get(key: SpokenKey): SpokenAudio | undefined {
    const name = nameOf(key);
    const entry = this.#entries.get(name);
    if (!entry) return undefined;
    this.#entries.delete(name);
    this.#entries.set(name, entry);
    return entry.audio;
  }

  put(key: SpokenKey, audio: SpokenAudio): void {
    const bytes = audio.pieces.reduce((sum, piece) => sum + piece.length, ENTRY_BYTES);
    if (bytes > this.maxEntryBytes) return;
    const name = nameOf(key);
    this.#drop(name);
    this.#entries.set(name, { audio, bytes });
    this.#bytes += bytes;
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= this.#maxBytes) break;
      this.#drop(oldest);
    }
  }

  #drop(name: string): void {
    this.#bytes -= this.#entries.get(name)?.bytes ?? 0;
    this.#entries.delete(name);
  }
}

function nameOf({ voice, text, language, speaker, speed, ssml, rateHz }: SpokenKey): string {
  const parts = [voice, text, language ?? "", speaker ?? "", speed ?? 1, ssml ?? false, rateHz ?? 0];
  return createHash("sha256").update(JSON.stringify(parts)).digest("base64");
}
