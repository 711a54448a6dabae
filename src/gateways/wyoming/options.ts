import { KIB, MIB } from "../../base/units.js";
import { WIRE_LIMITS, type WireLimits } from "../../protocol/wyoming/codec.js";

/** What one server may take from its peers; a violation ends the connection with an `error`. */
export interface WyomingLimits extends WireLimits {
  /** Longest audio of one transcription. */
  readonly audioSeconds: number;
  /** Longest text of one synthesis, streamed or not, in UTF-16 units. */
  readonly textChars: number;
  readonly connections: number;
  /** Connections from one address. Behind a proxy all peers share one. */
  readonly connectionsPerAddress: number;
  /** A connection without any work or event for so long is closed. */
  readonly idleMs: number;
  /** An event must have arrived whole so long after the server first waits inside it. */
  readonly frameMs: number;
  /** Bytes queued for a peer that reads slowly before the server waits for it. */
  readonly writeBufferBytes: number;
  /** A peer that takes nothing for so long, while bytes wait for it, is dropped. */
  readonly stallMs: number;
  /** Time for a peer to read the last bytes before its socket is destroyed. */
  readonly lingerMs: number;
}

export const WYOMING_LIMITS: WyomingLimits = {
  ...WIRE_LIMITS,
  dataBytes: 256 * KIB,
  payloadBytes: 2 * MIB,
  audioSeconds: 120,
  textChars: 20_000,
  connections: 64,
  connectionsPerAddress: 32,
  // Satellites keep their wake word connection while they are muted or play.
  idleMs: 600_000,
  frameMs: 15_000,
  writeBufferBytes: 256 * KIB,
  stallMs: 30_000,
  lingerMs: 2_000,
};

/** Our programs as peers see them. */
export interface ProgramIdentity {
  /** Names of the entities in Home Assistant. */
  readonly asrName: string;
  readonly ttsName: string;
  readonly wakeName: string;
  readonly version: string;
  readonly attribution: { readonly name: string; readonly url: string };
}

export interface WyomingOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly program: ProgramIdentity;
  /**
   * Find the end of speech here and answer before the audio ends; peers then send audio without segmenting it.
   */
  readonly endpointing: boolean;
  /** Send `transcript-start`, `-chunk`, `-stop` around the transcript, and say so. */
  readonly transcriptStreaming: boolean;
  /** Speak while text still arrives, and say so. */
  readonly synthesizeStreaming: boolean;
  readonly limits: WyomingLimits;
}

/** Cuts text that arrives piece by piece into sentences worth speaking on their own. */
export interface SentenceCutter {
  /** Sentences completed by this piece. */
  push(text: string): readonly string[];
  /** What is left when no more text comes. */
  flush(): readonly string[];
}
