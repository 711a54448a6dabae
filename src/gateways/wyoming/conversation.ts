import { type Transcribe, transcribe } from "../../protocol/wyoming/asr.js";
import { audioChunk, audioStart, audioStop } from "../../protocol/wyoming/audio.js";
import type { WyomingEvent } from "../../protocol/wyoming/codec.js";
import {
  synthesize,
  synthesizeChunk,
  synthesizeStart,
  synthesizeStop,
  synthesizeStopped,
} from "../../protocol/wyoming/tts.js";
import { detect } from "../../protocol/wyoming/wake.js";
import type { VoiceSessions } from "../../sessions/voice.js";
import type { SentenceCutter, WyomingOptions } from "./options.js";
import type { Peer } from "./peer.js";
import { speakWhole } from "./speak.js";
import { SpeechStream } from "./speech-stream.js";
import { TranscribeTurn } from "./transcribe-turn.js";
import { WakeWatch } from "./wake-watch.js";

/** What a conversation needs of the server it happens in. */
export interface ConversationTools {
  readonly voice: VoiceSessions;
  readonly options: WyomingOptions;
  readonly sentences: () => SentenceCutter;
  /** Words that can be heard now. */
  readonly wakeWords: () => readonly string[];
  /** Whether speech can be recognized at all; else audio without a request is listened to for wake words. */
  readonly canTranscribe: () => boolean;
}

/** Why work that runs beside the events wants the connection to end. */
export interface Ending {
  /** The answer is out and nothing more will come. */
  readonly onDone: () => void;
  readonly onError: (error: unknown) => void;
}

/** What the peer does with its audio. */
type Listening =
  | { readonly to: "speech"; readonly request?: Transcribe }
  | { readonly to: "wake"; readonly names: readonly string[] };

/** All that one peer asked for: which request is open, and what each event means for it. */
export class Conversation {
  readonly #tools: ConversationTools;
  readonly #peer: Peer;
  readonly #ending: Ending;
  #listening: Listening | undefined;
  #turn: TranscribeTurn | undefined;
  #watch: WakeWatch | undefined;
  #stream: SpeechStream | undefined;
  #answering = 0;

  constructor(tools: ConversationTools, peer: Peer, ending: Ending) {
    this.#tools = tools;
    this.#peer = peer;
    this.#ending = ending;
  }

  /** True while it works, whatever the peer does. */
  get isBusy(): boolean {
    return this.#answering > 0 || (this.#stream?.isSpeaking ?? false);
  }

  /** True while the peer owes us the rest of a request; a wake word stream has no rest. */
  get isOpen(): boolean {
    return this.#turn !== undefined || this.#stream !== undefined;
  }

  /**
   * Does what the event asks for, and waits for the answer where one is due. One event at a time.
   * @throws {VoiceError} after which the connection must end
   */
  async handle(event: WyomingEvent): Promise<void> {
    this.#answering += 1;
    try {
      await this.#dispatch(event);
    } finally {
      this.#answering -= 1;
    }
  }

  /** What an error must be followed by, for a peer that waits for it. */
  get farewell(): readonly WyomingEvent[] {
    return this.#stream ? [synthesizeStopped.encode({})] : [];
  }

  /** Drops everything. */
  cancel(): void {
    this.#turn?.cancel();
    this.#watch?.cancel();
    this.#stream?.cancel();
    this.#turn = undefined;
    this.#watch = undefined;
    this.#stream = undefined;
  }

  async #dispatch(event: WyomingEvent): Promise<void> {
    switch (event.type) {
      case transcribe.type:
        return this.#listenTo({ to: "speech", request: transcribe.decode(event) });
      case detect.type:
        return this.#listenTo({ to: "wake", names: detect.decode(event).names ?? [] });
      case audioStart.type:
        // Its format is not looked at: each chunk has its own.
        audioStart.decode(event);
        return this.#beginAudio();
      case audioChunk.type: {
        const chunk = audioChunk.decode(event);
        if (!this.#turn && !this.#watch) this.#beginAudio();
        this.#turn?.accept(chunk);
        this.#watch?.accept(chunk);
        return;
      }
      case audioStop.type:
        return this.#endAudio();
      case synthesize.type:
        if (this.#stream) return;
        return speakWhole(
          { peer: this.#peer, voice: this.#tools.voice, textChars: this.#tools.options.limits.textChars },
          synthesize.decode(event),
        );
      case synthesizeStart.type:
        return this.#openStream(event);
      case synthesizeChunk.type:
        this.#stream?.add(synthesizeChunk.decode(event).text);
        return;
      case synthesizeStop.type:
        return this.#endStream();
      // Events of other services and of times to come are none of our business.
      default:
    }
  }

  #listenTo(listening: Listening): void {
    this.#dropAudio();
    this.#listening = listening;
  }

  #dropAudio(): void {
    this.#turn?.cancel();
    this.#watch?.cancel();
    this.#turn = undefined;
    this.#watch = undefined;
  }

  /** Each `audio-start` begins anew, with the request or the words asked for before. */
  #beginAudio(): void {
    this.#dropAudio();
    const { voice, options, wakeWords, canTranscribe } = this.#tools;
    const listening = this.#listening ?? (canTranscribe() ? { to: "speech" } : { to: "wake", names: [] });
    if (listening.to === "wake") {
      this.#watch = new WakeWatch({
        peer: this.#peer,
        voice,
        names: listening.names,
        known: wakeWords(),
        onError: this.#ending.onError,
      });
      return;
    }
    const turn: TranscribeTurn = new TranscribeTurn({
      peer: this.#peer,
      voice,
      request: listening.request,
      streaming: options.transcriptStreaming,
      audioSeconds: options.limits.audioSeconds,
      // Not within the call: it may come while the turn is being made.
      ...(options.endpointing ? { onEndOfSpeech: () => queueMicrotask(() => this.#answerEarly(turn)) } : {}),
    });
    this.#turn = turn;
  }

  async #endAudio(): Promise<void> {
    if (!this.#turn && !this.#watch) this.#beginAudio();
    if (this.#watch) {
      const watch = this.#watch;
      this.#watch = undefined;
      return watch.finish();
    }
    await this.#turn?.finish();
    this.#turn = undefined;
    this.#ending.onDone();
  }

  #answerEarly(turn: TranscribeTurn): void {
    if (this.#turn !== turn) return;
    this.#answering += 1;
    turn.finish().then(this.#ending.onDone, this.#ending.onError);
  }

  #openStream(event: WyomingEvent): void {
    const { voice, options, sentences } = this.#tools;
    this.#stream?.cancel();
    const stream = new SpeechStream({
      peer: this.#peer,
      voice,
      request: synthesizeStart.decode(event),
      sentences: sentences(),
      textChars: options.limits.textChars,
    });
    this.#stream = stream;
    stream.spoken.catch((error) => {
      if (this.#stream === stream) this.#ending.onError(error);
    });
  }

  async #endStream(): Promise<void> {
    const stream = this.#stream;
    // Whoever asks for the end of a stream waits for it, also of one that never began.
    if (!stream) return this.#peer.send(synthesizeStopped.encode({}));
    await stream.finish();
    if (this.#stream === stream) this.#stream = undefined;
  }
}
