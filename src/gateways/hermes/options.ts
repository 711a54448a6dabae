/** How the bridge behaves. */
export interface HermesOptions {
  /** Sites served; empty serves all that are heard of. */
  readonly sites: readonly string[];
  /** Most sites at once; further ones are refused until one has been silent for long. */
  readonly maxSites: number;
  /** Which of the protocol's services we are. Somebody else may be the others. */
  readonly roles: HermesRoles;
  /** Wake words listened for; empty: all that are configured. */
  readonly wakeWords: readonly string[];
  /** Topic below which satellites may send bare samples. */
  readonly rawTopic: string;
  /** Longest recording of one session. */
  readonly maxListenMs: number;
  /** Longest wait of the dialogue manager for text, answer or command. */
  readonly stageMs: number;
  /** See `DialogueRules.groupSeparator`. */
  readonly groupSeparator: string;
  /** Play a short sound at a satellite whose wake word was heard, before listening. */
  readonly wakeSound: boolean;
  /** Rate of what is played: small satellites are at their best with 16 to 22.05 kHz. */
  readonly playRateHz: number;
  /** How much longer than the sound itself a satellite may take to say that it has played it. */
  readonly playGraceMs: number;
  /** Longest text-to-speech of one `say`. */
  readonly maxSpeechSeconds: number;
  /** Audio messages of one site a second; what is more is dropped. An ESP32 sends 62. */
  readonly maxFramesPerSecond: number;
  /** The site that is in this program, where there is one. */
  readonly ownSite?: OwnSite;
}

/** A site that surely says when it has played. */
export interface OwnSite {
  readonly siteId: string;
  /** Listen for wake words while it speaks, so that it can be interrupted. */
  readonly bargeIn: boolean;
}

export interface HermesRoles {
  readonly asr: boolean;
  readonly tts: boolean;
  readonly hotword: boolean;
  readonly dialogue: boolean;
}

export const HERMES_DEFAULTS: HermesOptions = {
  sites: [],
  maxSites: 32,
  roles: { asr: true, tts: true, hotword: true, dialogue: true },
  wakeWords: [],
  rawTopic: "irene_edge/audio",
  maxListenMs: 30_000,
  stageMs: 30_000,
  groupSeparator: "",
  wakeSound: false,
  playRateHz: 22_050,
  playGraceMs: 250,
  maxSpeechSeconds: 120,
  maxFramesPerSecond: 200,
};
