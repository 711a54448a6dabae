import type { Clock } from "../base/clock.js";
import type { Logger } from "../base/logger.js";
import type { ModelLeaser } from "../residency/lease.js";
import { WakeDetection } from "./detect-wake.js";
import type { LadderSource } from "./ladder.js";
import type { RequestLog } from "./request-log.js";
import { Slots } from "./slots.js";
import { SpeechWatch } from "./speech-watch.js";
import { Synthesis } from "./synthesize.js";
import { type TranscribeTools, Transcription } from "./transcribe.js";
import type {
  DetectWakeRequest,
  SynthesizeRequest,
  SynthesizeSession,
  TranscribeRequest,
  TranscribeSession,
  VoiceSessions,
  WakeSession,
} from "./voice.js";

export interface VoiceOptions {
  readonly defaultLanguage: string;
  readonly deadlineMs: number;
  readonly maxAudioSeconds: number;
  readonly trimSilence: boolean;
  readonly speechThreshold: number;
  readonly endSilenceSeconds: number;
  /** Utterances decoded at once. */
  readonly parallel: number;
  /** Requests that may wait for their turn. */
  readonly maxWaiting: number;
  /** Catalog id of the voice detector; absent when there is none. */
  readonly voiceDetector?: string;
  readonly wake: { readonly threshold: number; readonly triggerLevel: number; readonly refractoryMs: number };
}

/** The one place where gateways get work done. */
export class Voice implements VoiceSessions {
  readonly #requests: RequestLog;
  readonly #transcribe: TranscribeTools;
  readonly #wake: VoiceOptions["wake"];

  constructor({
    leaser,
    ladders,
    requests,
    clock,
    log,
    options,
  }: {
    readonly leaser: ModelLeaser;
    readonly ladders: LadderSource;
    readonly requests: RequestLog;
    readonly clock: Clock;
    readonly log: Logger;
    readonly options: VoiceOptions;
  }) {
    this.#requests = requests;
    this.#wake = options.wake;
    const { voiceDetector } = options;
    this.#transcribe = {
      leaser,
      ladders,
      clock,
      slots: new Slots({ places: options.parallel, maxWaiting: options.maxWaiting }),
      defaultLanguage: options.defaultLanguage,
      deadlineMs: options.deadlineMs,
      maxSeconds: options.maxAudioSeconds,
      trimSilence: options.trimSilence,
      speechThreshold: options.speechThreshold,
      endSilenceSeconds: options.endSilenceSeconds,
      ...(voiceDetector ? { watch: new SpeechWatch({ leaser, model: voiceDetector, log }) } : {}),
    };
  }

  transcribe(request: TranscribeRequest): TranscribeSession {
    const trace = this.#requests.begin("transcribe", request.origin, request.language);
    return new Transcription(this.#transcribe, request, trace);
  }

  synthesize(request: SynthesizeRequest): SynthesizeSession {
    const trace = this.#requests.begin("synthesize", request.origin, request.language);
    return new Synthesis(this.#transcribe, request, trace);
  }

  detectWake(request: DetectWakeRequest): WakeSession {
    const trace = this.#requests.begin("wake", request.origin);
    return new WakeDetection({ ...this.#transcribe, ...this.#wake }, request, trace);
  }
}
