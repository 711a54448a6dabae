import type { Socket } from "node:net";
import { BoundedQueue } from "../../base/bounded-queue.js";
import type { Clock, Timer } from "../../base/clock.js";
import { messageOf, ProtocolError, SessionError, toError, VoiceError } from "../../base/errors.js";
import type { Logger } from "../../base/logger.js";
import { KIB, MIB } from "../../base/units.js";
import { decodeEvents, type WyomingEvent } from "../../protocol/wyoming/codec.js";
import { describe } from "../../protocol/wyoming/info.js";
import { ping, pong } from "../../protocol/wyoming/ping.js";
import { Conversation, type ConversationTools } from "./conversation.js";
import { errorEventFor, isExpected } from "./error-event.js";
import { EventWriter } from "./event-writer.js";

/** What a connection needs of its server. */
export interface ConnectionTools extends ConversationTools {
  /** The bytes of the `info` event. */
  readonly info: () => Uint8Array;
  readonly clock: Clock;
  readonly log: Logger;
  /** False when this peer's kind of mistake was reported before. */
  readonly isNews: (code: string) => boolean;
}

/** Events that may wait while one is answered: a mebibyte, at most 64. Beyond that the peer is not read. */
const QUEUE = { limit: MIB, weigh: (event: WyomingEvent) => event.payload.length + 16 * KIB } as const;

/** One socket, from its acceptance to its end. Owns all state of its peer. */
export class Connection {
  readonly #socket: Socket;
  readonly #tools: ConnectionTools;
  readonly #writer: EventWriter;
  readonly #conversation: Conversation;
  readonly #events = new BoundedQueue<WyomingEvent>(QUEUE);
  readonly #gone = new AbortController();
  #closing = false;
  #lastEventMs: number;
  #idle: Timer;
  #frame: Timer | undefined;
  #linger: Timer | undefined;

  constructor(socket: Socket, address: string, tools: ConnectionTools) {
    const { clock, options } = tools;
    const { writeBufferBytes: bufferBytes, stallMs, idleMs } = options.limits;
    this.#socket = socket;
    this.#tools = tools;
    this.#writer = new EventWriter(socket, { clock, bufferBytes, stallMs, onStall: () => this.#drop() });
    this.#conversation = new Conversation(
      tools,
      {
        origin: { gateway: "wyoming", peer: address },
        signal: this.#gone.signal,
        send: async (event) => {
          if (!this.#closing) await this.#writer.send(event);
        },
      },
      { onDone: () => this.close(), onError: (error) => this.#fail(error) },
    );
    this.#lastEventMs = clock.monotonicMs();
    this.#idle = clock.after(idleMs, () => this.#checkIdle());
    socket.once("close", () => this.#release());
  }

  /** Serves the peer until the socket is closed and what it asked for is cancelled. Never rejects. */
  async run(): Promise<void> {
    const { log } = this.#tools;
    this.#socket.on("error", (error) => log.debug("connection lost", { reason: messageOf(error) }));
    const closed = new Promise<void>((resolve) => this.#socket.once("close", () => resolve()));
    void this.#handle();
    await Promise.all([this.#read(), closed]);
    this.#linger?.cancel();
  }

  /** Drops the peer's requests, sends what is written and closes. Idempotent. */
  close(): void {
    if (this.#closing) return;
    this.#release();
    void this.#writer.flush().then(() => this.#socket.end());
    this.#linger = this.#tools.clock.after(this.#tools.options.limits.lingerMs, () => this.#socket.destroy());
  }

  /** Ends the connection without last words, which a peer that does not read would not get. */
  #drop(): void {
    this.#tools.log.info("peer dropped: it does not read", { stallMs: this.#tools.options.limits.stallMs });
    this.#release();
    this.#socket.destroy();
  }

  /** Ends everything that runs for the peer, at once. */
  #release(): void {
    if (this.#closing) return;
    this.#closing = true;
    this.#idle.cancel();
    this.#frame?.cancel();
    this.#events.clear();
    this.#gone.abort(new SessionError("cancelled", "The peer went away."));
    this.#conversation.cancel();
  }

  /** Reads until the peer ends or breaks the protocol; what comes after our own end is thrown away. */
  async #read(): Promise<void> {
    const { limits } = this.#tools.options;
    const chunks = this.#socket.iterator({ destroyOnReturn: false });
    try {
      for await (const event of decodeEvents(chunks, { limits, onWait: (inside) => this.#await(inside) })) {
        this.#frame?.cancel();
        this.#frame = undefined;
        this.#lastEventMs = this.#tools.clock.monotonicMs();
        if (!this.#closing) await this.#receive(event);
      }
      this.close();
    } catch (error) {
      // A socket that broke is no news; its own listener has heard of it.
      if (!this.#socket.destroyed) this.#fail(error);
    } finally {
      // Unread bytes would turn our close into a reset, which takes our last words from the peer.
      this.#socket.resume();
    }
  }

  /** Describes and pongs at once, whatever is being answered; everything else in its turn. */
  async #receive(event: WyomingEvent): Promise<void> {
    if (event.type === describe.type) await this.#writer.sendBytes(this.#tools.info());
    else if (event.type === ping.type) await this.#writer.send(pong.encode(ping.decode(event)));
    else await this.#events.push(event);
  }

  async #handle(): Promise<void> {
    try {
      for await (const event of this.#events) {
        // It may have been on its way out of the queue when the peer went.
        if (this.#closing) return;
        await this.#conversation.handle(event);
        this.#lastEventMs = this.#tools.clock.monotonicMs();
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Tells the peer what went wrong and closes. After the end of the connection nothing is wrong any more. */
  #fail(error: unknown): void {
    if (this.#closing) return;
    this.#report(error);
    const event = errorEventFor(error);
    if (event) void this.#writer.send(event);
    for (const last of this.#conversation.farewell) void this.#writer.send(last);
    this.close();
  }

  #report(error: unknown): void {
    const { log, isNews } = this.#tools;
    if (!(error instanceof VoiceError) || !isExpected(error)) {
      log.error("internal error", { reason: messageOf(error), stack: toError(error).stack });
      return;
    }
    const hungUp = error.code === "frame-truncated";
    // A broken peer tries again and again.
    const quiet = hungUp || (error instanceof ProtocolError && !isNews(error.code));
    log[quiet ? "debug" : "info"]("request failed", { code: error.code, reason: error.message });
  }

  /** The decoder waits for bytes: inside an event not for ever. */
  #await(insideFrame: boolean): void {
    if (!insideFrame || this.#frame || this.#closing) return;
    const { frameMs } = this.#tools.options.limits;
    this.#frame = this.#tools.clock.after(frameMs, () =>
      this.#fail(
        new SessionError(
          "deadline",
          `An event took longer than ${frameMs / 1000} s to arrive. Send it in one go.`,
        ),
      ),
    );
  }

  #checkIdle(): void {
    const { clock, options } = this.#tools;
    const { idleMs } = options.limits;
    const quietMs = this.#conversation.isBusy ? 0 : clock.monotonicMs() - this.#lastEventMs;
    if (quietMs < idleMs) {
      this.#idle = clock.after(idleMs - quietMs, () => this.#checkIdle());
    } else if (this.#conversation.isOpen) {
      this.#fail(
        new SessionError("deadline", `The rest of the request did not come within ${idleMs / 1000} s.`),
      );
    } else this.close();
  }
}
