import type { Socket } from "node:net";
import { Duplex } from "node:stream";

/**
 * Reads the lengths of the MQTT packets in a stream that comes in pieces of any size.
 * @see https://docs.oasis-open.org/mqtt/mqtt/v3.1.1/mqtt-v3.1.1.html#_Toc398718023
 */
export class PacketMeter {
  readonly #maxBytes: number;
  #remaining = 0;
  #length = 0;
  #shift = -1;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** @returns false as soon as a packet announces to be too long, or its length is not a valid one */
  accept(bytes: Uint8Array): boolean {
    let at = 0;
    while (at < bytes.length) {
      if (this.#remaining > 0) {
        const skip = Math.min(this.#remaining, bytes.length - at);
        this.#remaining -= skip;
        at += skip;
        continue;
      }
      const byte = bytes[at++] ?? 0;
      if (this.#shift < 0) {
        // The first byte holds the kind of packet; the length follows, seven bits a byte.
        this.#shift = 0;
        this.#length = 0;
        continue;
      }
      if (this.#shift > 21) return false;
      this.#length += (byte & 0x7f) << this.#shift;
      this.#shift += 7;
      if (byte & 0x80) continue;
      if (this.#length > this.#maxBytes) return false;
      this.#remaining = this.#length;
      this.#shift = -1;
    }
    return true;
  }
}

/** The socket as a stream that breaks off when its peer sends a packet of more than `maxBytes`. */
export class LimitedConnection extends Duplex {
  readonly #socket: Socket;

  constructor(socket: Socket, maxBytes: number, onTooLong: () => void) {
    super({ allowHalfOpen: false });
    this.#socket = socket;
    const meter = new PacketMeter(maxBytes);
    socket.on("data", (chunk: Buffer) => {
      if (!meter.accept(chunk)) {
        onTooLong();
        this.destroy();
      } else if (!this.push(chunk)) socket.pause();
    });
    socket.on("end", () => this.push(null));
    socket.on("error", (error) => this.destroy(error));
    socket.on("close", () => this.destroy());
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#socket.write(chunk, done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#socket.end(() => done());
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#socket.destroy();
    done(error);
  }
}
