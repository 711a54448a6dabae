import type { PcmFormat } from "../../audio/pcm.js";
import { BoundedQueue } from "../../base/bounded-queue.js";
import { MIB } from "../../base/units.js";
import type { AudioChunk } from "../../protocol/wyoming/audio.js";

/** Peers send an answer faster than it is spoken: six minutes of the usual 22 kHz may wait. */
const MAX_BYTES = 16 * MIB;

/** What a peer sends to be played, from `audio-start` to `audio-stop`. */
export class SatelliteSound {
  readonly format: PcmFormat;
  readonly #pieces = new BoundedQueue<Uint8Array>({ limit: MAX_BYTES, weigh: (piece) => piece.length });

  constructor(format: PcmFormat) {
    this.format = format;
  }

  get pieces(): AsyncIterable<Uint8Array> {
    return this.#pieces;
  }

  /** @returns false when there is no room: the peer sends what nobody can wait for */
  add({ payload }: AudioChunk): boolean {
    return payload.length === 0 || this.#pieces.tryPush(payload);
  }

  end(): void {
    this.#pieces.close();
  }
}
