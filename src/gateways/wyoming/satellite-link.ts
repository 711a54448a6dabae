import type { Socket } from "node:net";
import type { Clock, Timer } from "../../base/clock.js";
import { messageOf, SessionError, VoiceError } from "../../base/errors.js";
import type { Logger } from "../../base/logger.js";
import { audioChunk, audioStart, audioStop, played } from "../../protocol/wyoming/audio.js";
import { decodeEvents, type WyomingEvent } from "../../protocol/wyoming/codec.js";
import { describe } from "../../protocol/wyoming/info.js";
import { ping, pong } from "../../protocol/wyoming/ping.js";
import {
  pauseSatellite,
  runPipeline,
  runSatellite,
  streamingStarted,
  streamingStopped,
} from "../../protocol/wyoming/satellite.js";
import { detection } from "../../protocol/wyoming/wake.js";
import type { BoardActivity, BoardAudio, BoardLeader } from "../../sessions/board-audio.js";
import type { VoiceSessions } from "../../sessions/voice.js";
import { errorEventFor } from "./error-event.js";
import { EventWriter } from "./event-writer.js";
import type { WyomingLimits } from "./options.js";
import { SatelliteEar } from "./satellite-ear.js";
import { SatelliteSound } from "./satellite-sound.js";

export interface SatelliteLinkTools {
  readonly board: BoardAudio;
  readonly voice: VoiceSessions;
  readonly clock: Clock;
  readonly log: Logger;
  readonly limits: WyomingLimits;
  readonly info: WyomingEvent;
  /** Wake words heard here; empty leaves them to the peer, who then gets all sound. */
  readonly wakeWords: () => readonly string[];
  /** This link is told to run: it leads from now on. */
  readonly onRun: () => void;
}

/** A peer that says nothing about a command for so long has lost it. */
const UNANSWERED_MS = 30_000;

/** One connection of somebody who leads the board's dialogues: Home Assistant, as to any Wyoming satellite. */
export class SatelliteLink implements BoardLeader {
  readonly #socket: Socket;
  readonly #tools: SatelliteLinkTools;
  readonly #writer: EventWriter;
  #stopListening: (() => void) | undefined;
  #ear: SatelliteEar | undefined;
  #isStreaming = false;
  #sentMs = 0;
  #unanswered: Timer | undefined;
  #sound: SatelliteSound | undefined;
  #closed = false;

  constructor(socket: Socket, tools: SatelliteLinkTools) {
    const { clock, limits, log } = tools;
    this.#socket = socket;
    this.#tools = tools;
    this.#writer = new EventWriter(socket, {
      clock,
      bufferBytes: limits.writeBufferBytes,
      stallMs: limits.stallMs,
      onStall: () => {
        log.info("peer dropped: it does not read");
        socket.destroy();
      },
    });
  }

  /** Serves the peer until its end. Never rejects. */
  async run(): Promise<void> {
    const { log, limits } = this.#tools;
    this.#socket.on("error", (error) => log.debug("connection lost", { reason: messageOf(error) }));
    try {
      const chunks = this.#socket.iterator({ destroyOnReturn: false });
      for await (const event of decodeEvents(chunks, { limits })) {
        if (this.#closed) break;
        this.#take(event);
      }
    } catch (error) {
      this.#fail(error);
    }
    this.close();
  }

  close(): void {
    if (this.#closed) return;
    this.#pause();
    this.#closed = true;
    this.#sound?.end();
    void this.#writer.flush().then(() => this.#socket.end());
    const linger = this.#tools.clock.after(this.#tools.limits.lingerMs, () => this.#socket.destroy());
    this.#socket.once("close", () => linger.cancel());
    this.#socket.resume();
  }

  /** Ends it when it leads: another connection of the same peer has taken its place. */
  retire(): void {
    if (this.#stopListening) this.close();
  }

  onSound(pcm: Uint8Array): void {
    const { board } = this.#tools;
    this.#ear?.hear(pcm);
    if (!this.#isStreaming) return;
    const { format } = board;
    this.#send(audioChunk.encode({ ...format, timestampMs: Math.round(this.#sentMs), payload: pcm }));
    this.#sentMs += (pcm.length / (format.widthBytes * format.channels) / format.rateHz) * 1_000;
  }

  onMuted(): void {
    this.#endCommand("idle");
  }

  onReplaced(): void {
    this.#endCommand("idle");
  }

  #take(event: WyomingEvent): void {
    switch (event.type) {
      case describe.type:
        this.#send(this.#tools.info);
        break;
      case ping.type:
        this.#send(pong.encode(ping.decode(event)));
        break;
      case runSatellite.type:
        this.#run();
        break;
      case pauseSatellite.type:
        this.#pause();
        break;
      case detection.type:
        this.#heardByPeer();
        break;
      case "voice-stopped":
        this.#show("thinking");
        break;
      case "transcript":
        this.#endCommand("thinking");
        break;
      case "error":
        this.#endCommand("idle");
        break;
      case audioStart.type:
        this.#startSound(event);
        break;
      case audioChunk.type:
        this.#addSound(event);
        break;
      case audioStop.type:
        this.#sound?.end();
        this.#sound = undefined;
        break;
      case "timer-finished":
        this.#tools.board.chime();
        break;
      default:
        // Newer peers tell more than a board can show.
        break;
    }
  }

  #run(): void {
    if (this.#stopListening) return;
    const { board, onRun, wakeWords } = this.#tools;
    onRun();
    const words = wakeWords();
    this.#stopListening = board.listen(this);
    if (words.length > 0)
      this.#ear = new SatelliteEar({ ...this.#tools, words }, (hit) => this.#wake(hit.word));
    else this.#stream({ startStage: "wake", restartOnEnd: true });
  }

  #pause(): void {
    this.#endCommand("idle");
    if (this.#isStreaming) this.#stopStreaming();
    this.#ear?.close();
    this.#ear = undefined;
    this.#stopListening?.();
    this.#stopListening = undefined;
  }

  #wake(word: string): void {
    // The command itself may hold the word.
    if (this.#isStreaming) return;
    const { board } = this.#tools;
    board.hush();
    board.chime();
    this.#send(detection.encode({ name: word }));
    this.#stream({ startStage: "asr", restartOnEnd: false, wakeWordName: word });
    this.#show("listening");
  }

  /** Its own detector heard the word in what we stream. */
  #heardByPeer(): void {
    if (this.#ear) return;
    this.#tools.board.chime();
    this.#show("listening");
  }

  #stream(pipeline: {
    readonly startStage: "wake" | "asr";
    readonly restartOnEnd: boolean;
    readonly wakeWordName?: string;
  }): void {
    this.#isStreaming = true;
    this.#sentMs = 0;
    this.#send(runPipeline.encode({ ...pipeline, endStage: "tts" }));
    this.#send(streamingStarted.encode({}));
  }

  #stopStreaming(): void {
    this.#isStreaming = false;
    this.#send(streamingStopped.encode({}));
  }

  #endCommand(next: BoardActivity): void {
    // A peer with a detector of its own goes on listening.
    if (this.#isStreaming && this.#ear) this.#stopStreaming();
    this.#show(next);
  }

  #show(activity: BoardActivity): void {
    const { board, clock } = this.#tools;
    this.#unanswered?.cancel();
    this.#unanswered = undefined;
    if (activity !== "idle") this.#unanswered = clock.after(UNANSWERED_MS, () => this.#endCommand("idle"));
    board.show(this, activity);
  }

  #startSound(event: WyomingEvent): void {
    const { board, log } = this.#tools;
    this.#sound?.end();
    const { rateHz, widthBytes, channels } = audioStart.decode(event);
    const sound = new SatelliteSound({ rateHz, widthBytes, channels });
    this.#sound = sound;
    void board
      .play(sound.format, sound.pieces)
      .catch((error: unknown) => log.warn(`The board did not play: ${messageOf(error)}`))
      .then(() => {
        // Also when it could not: the peer waits for it.
        this.#send(played.encode({}));
        if (this.#sound === undefined && !this.#isStreaming) this.#show("idle");
      });
  }

  #addSound(event: WyomingEvent): void {
    if (!this.#sound || this.#sound.add(audioChunk.decode(event))) return;
    throw new SessionError(
      "too-long",
      "There is more sound than can wait to be played. Send shorter answers.",
    );
  }

  #send(event: WyomingEvent): void {
    // Never rejects.
    if (!this.#closed) void this.#writer.send(event);
  }

  #fail(error: unknown): void {
    const { log } = this.#tools;
    if (this.#socket.destroyed) return;
    log[error instanceof VoiceError ? "info" : "error"]("request failed", { reason: messageOf(error) });
    const event = errorEventFor(error);
    if (event) this.#send(event);
  }
}
