import { bytesPerFrame, type PcmFormat } from "../../audio/pcm.js";
import { audioChunk, audioStart, audioStop } from "../../protocol/wyoming/audio.js";
import type { Peer } from "./peer.js";

/** Samples of a chunk, as other servers send them; players start on the first one. */
const CHUNK_SAMPLES = 1024;

/** One `audio-start` … `audio-stop` to a peer; re-cuts pieces of any size into equal chunks of whole frames. */
export class AudioGroup {
  readonly #peer: Peer;
  readonly #format: PcmFormat;
  readonly #chunkBytes: number;
  #pending: Uint8Array = new Uint8Array(0);
  #open = false;

  constructor(peer: Peer, format: PcmFormat) {
    this.#peer = peer;
    this.#format = format;
    this.#chunkBytes = CHUNK_SAMPLES * bytesPerFrame(format);
  }

  async start(): Promise<void> {
    if (this.#open) return;
    this.#open = true;
    await this.#peer.send(audioStart.encode(this.#format));
  }

  /** Starts the group with the first sound. */
  async write(bytes: Uint8Array): Promise<void> {
    if (bytes.length > 0) await this.start();
    const all = Buffer.concat([this.#pending, bytes]);
    let at = 0;
    for (; at + this.#chunkBytes <= all.length; at += this.#chunkBytes) {
      await this.#send(all.subarray(at, at + this.#chunkBytes));
    }
    this.#pending = all.subarray(at);
  }

  /** Sends the rest and ends the group; does nothing when none was started. */
  async end(): Promise<void> {
    if (!this.#open) return;
    const whole = this.#pending.length - (this.#pending.length % bytesPerFrame(this.#format));
    if (whole > 0) await this.#send(this.#pending.subarray(0, whole));
    this.#pending = new Uint8Array(0);
    this.#open = false;
    await this.#peer.send(audioStop.encode({}));
  }

  #send(payload: Uint8Array): Promise<void> {
    return this.#peer.send(audioChunk.encode({ ...this.#format, payload }));
  }
}
