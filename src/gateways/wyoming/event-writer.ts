import type { Socket } from "node:net";
import type { Clock } from "../../base/clock.js";
import { encodeEvent, type WyomingEvent } from "../../protocol/wyoming/codec.js";

export interface EventWriterOptions {
  readonly clock: Clock;
  /** Bytes that may wait in the socket before senders wait too. */
  readonly bufferBytes: number;
  readonly stallMs: number;
  /** Told when the peer took nothing for `stallMs` while bytes waited: drop it, and whoever still sends. */
  readonly onStall: () => void;
}

/** Sends events to one peer, in order, holding back the sender while the peer does not read. */
export class EventWriter {
  readonly #socket: Socket;
  readonly #clock: Clock;
  readonly #bufferBytes: number;
  readonly #stallMs: number;
  readonly #onStall: () => void;
  #last: Promise<void> = Promise.resolve();

  constructor(socket: Socket, { clock, bufferBytes, stallMs, onStall }: EventWriterOptions) {
    this.#socket = socket;
    this.#clock = clock;
    this.#bufferBytes = bufferBytes;
    this.#stallMs = stallMs;
    this.#onStall = onStall;
  }

  /**
   * Resolves once the event is on its way and there is room for another. Never rejects: a peer that is gone shows as
   * the end of the connection.
   */
  send(event: WyomingEvent): Promise<void> {
    return this.sendBytes(encodeEvent(event));
  }

  /** As `send`, for an event already encoded. */
  sendBytes(bytes: Uint8Array): Promise<void> {
    // One after the other, so that events of different senders never overtake each other while they wait.
    this.#last = this.#last.then(async () => {
      if (!this.#socket.writable) {
        // Lets the end of the socket become known to a sender that otherwise never pauses.
        await new Promise((resolve) => setImmediate(resolve));
        return;
      }
      this.#socket.write(bytes);
      await this.#room();
    });
    return this.#last;
  }

  /** Resolves once everything sent so far is on its way. */
  flush(): Promise<void> {
    return this.#last;
  }

  #room(): Promise<void> {
    const socket = this.#socket;
    if (!socket.writableNeedDrain || socket.writableLength <= this.#bufferBytes) return Promise.resolve();
    return new Promise((resolve) => {
      const finish = () => {
        stalled.cancel();
        socket.off("drain", finish);
        socket.off("close", finish);
        resolve();
      };
      const stalled = this.#clock.after(this.#stallMs, () => {
        this.#onStall();
        finish();
      });
      socket.on("drain", finish);
      socket.on("close", finish);
      if (socket.destroyed) finish();
    });
  }
}
