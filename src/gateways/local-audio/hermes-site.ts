import { readWav, writeWav } from "../../audio/wav.js";
import type { Clock, Timer } from "../../base/clock.js";
import { messageOf, toError } from "../../base/errors.js";
import type { Logger } from "../../base/logger.js";
import type { MqttMessage, MqttPort } from "../../base/mqtt-port.js";
import {
  recordingFinished,
  type SiteSession,
  startListening,
  stopListening,
  textCaptured,
} from "../../protocol/hermes/asr.js";
import { audioToggleOff, audioToggleOn, playBytesTopic, setVolume } from "../../protocol/hermes/audio.js";
import { endSession, sessionEnded, sessionStarted } from "../../protocol/hermes/dialogue.js";
import { playError } from "../../protocol/hermes/failure.js";
import { DETECTED_FILTER, decodeDetected } from "../../protocol/hermes/hotword.js";
import { decode, encode, type MessageKind } from "../../protocol/hermes/message.js";
import type { BoardActivity, BoardAudio, BoardLeader } from "../../sessions/board-audio.js";
import { SoundFrames } from "./sound-frames.js";

export interface HermesSiteParts {
  readonly site: string;
  readonly board: BoardAudio;
  /** Where the services are; see `LocalBus`. */
  readonly port: MqttPort;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Sound in one message: 64 ms. */
const FRAME_SAMPLES = 1_024;
/** A dialogue that nobody ended is taken for over after this. */
const FORGOTTEN_MS = 60_000;

/** The board as a satellite of the Hermes services: what an ESP32 does over the network, inside the program. */
export class HermesSite implements BoardLeader {
  readonly #parts: HermesSiteParts;
  readonly #frames: SoundFrames;
  #stops: (() => void)[] = [];
  #session: string | undefined;
  #isDeafened = false;
  #forgotten: Timer | undefined;

  constructor(parts: HermesSiteParts) {
    this.#parts = parts;
    this.#frames = new SoundFrames(FRAME_SAMPLES * parts.board.format.widthBytes);
  }

  start(): void {
    const { site, board } = this.#parts;
    this.#stops = [
      this.#subscribe(
        playBytesTopic(site, "any").replace(/any$/, "+"),
        (message) => void this.#play(message),
      ),
      this.#subscribe(DETECTED_FILTER, ({ topic, payload }) => {
        if (decodeDetected(topic, payload).siteId !== site) return;
        // Whoever calls wants to be heard, not to listen.
        board.hush();
        board.chime();
        this.#show("listening");
      }),
      this.#on(sessionStarted, ({ sessionId }) => {
        this.#session = sessionId;
      }),
      this.#on(startListening, () => this.#show("listening")),
      this.#on(stopListening, (stopped) => this.#heardOut(stopped)),
      this.#on(recordingFinished, (finished) => this.#heardOut(finished)),
      this.#on(textCaptured, ({ sessionId }) => this.#show(sessionId === undefined ? "idle" : "thinking")),
      this.#on(sessionEnded, ({ sessionId }) => {
        if (this.#session !== undefined && this.#session !== sessionId) return;
        this.#session = undefined;
        this.#show("idle");
      }),
      this.#on(setVolume, ({ volume }) => board.setVolume(volume * 100)),
      this.#on(audioToggleOff, () => {
        this.#isDeafened = true;
        board.hush();
      }),
      this.#on(audioToggleOn, () => {
        this.#isDeafened = false;
      }),
      board.listen(this),
    ];
  }

  close(): void {
    this.#forgotten?.cancel();
    for (const stop of this.#stops.splice(0)) stop();
  }

  onSound(pcm: Uint8Array): void {
    const { site, board, port } = this.#parts;
    for (const frame of this.#frames.push(pcm)) {
      const payload = writeWav(board.format, frame);
      void port.publish({ topic: `hermes/audioServer/${site}/audioFrame`, payload, qos: 0 });
    }
  }

  onMuted(): void {
    this.#giveUp();
  }

  onReplaced(): void {
    this.#giveUp();
  }

  #giveUp(): void {
    this.#frames.clear();
    const sessionId = this.#session;
    if (sessionId === undefined) return;
    // The site is for the bus, so that it gets there without a broker too.
    const ending = { sessionId, siteId: this.#parts.site };
    this.#send(endSession, ending);
  }

  #heardOut({ sessionId }: SiteSession): void {
    if (sessionId !== undefined && sessionId === this.#session) this.#show("thinking");
  }

  #show(activity: BoardActivity): void {
    const { board, clock } = this.#parts;
    this.#forgotten?.cancel();
    if (activity !== "idle") this.#forgotten = clock.after(FORGOTTEN_MS, () => board.show(this, "idle"));
    board.show(this, activity);
  }

  async #play({ topic, payload }: MqttMessage): Promise<void> {
    const { site, board, log } = this.#parts;
    const id = topic.split("/").at(-1) ?? "";
    try {
      const { format, pcm } = readWav(payload);
      const playing = this.#isDeafened ? undefined : board.play(format, [pcm]);
      // While it speaks that shows; what comes next begins anew.
      this.#show("idle");
      await playing;
    } catch (error) {
      log.warn(`The board did not play: ${messageOf(error)}`);
      this.#send(playError, { error: messageOf(toError(error)), siteId: site });
    }
    const finished = JSON.stringify({ id, siteId: site });
    const { port } = this.#parts;
    void port.publish({ topic: `hermes/audioServer/${site}/playFinished`, payload: finished, qos: 0 });
  }

  /** Hears messages of a kind that are for this site. */
  #on<T extends { readonly siteId: string }>(
    kind: MessageKind<T>,
    listener: (message: T) => void,
  ): () => void {
    return this.#subscribe(kind.topic, ({ payload }) => {
      const message = decode(kind, payload);
      if (message.siteId === this.#parts.site) listener(message);
    });
  }

  #subscribe(filter: string, listener: (message: MqttMessage) => void): () => void {
    const subscription = this.#parts.port.subscribe(filter, 0, (message) => {
      if (!message.retained) listener(message);
    });
    return () => subscription.close();
  }

  #send<T extends object>(kind: MessageKind<T>, message: T): void {
    void this.#parts.port.publish({ ...encode(kind, message), qos: 0 });
  }
}
