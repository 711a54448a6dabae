import type { Clock } from "../base/clock.js";
import type { Logger } from "../base/logger.js";
import type { ModelLeaser } from "../residency/lease.js";
import { scriptRuns } from "../text/script-runs.js";
import type { TextStyle } from "../text/tidy-transcript.js";
import { AudioCache } from "./audio-cache.js";
import type { Commands } from "./commands.js";
import { WakeDetection } from "./detect-wake.js";
import type { LadderSource } from "./ladder.js";
import { MixedSpeech } from "./mixed-speech.js";
import { prefetchFirst } from "./prefetch.js";
import type { Racing } from "./recognise.js";
import type { RequestLog } from "./request-log.js";
import { Slots } from "./slots.js";
import { SpeechWatch } from "./speech-watch.js";
import { Synthesis, type SynthesizeTools } from "./synthesize.js";
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
  /** See `DecodeTools`; absent tells every model of the default language. */
  readonly languageFor?: TranscribeTools["languageFor"];
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
  /** Models that all get every utterance; absent or with fewer than two, one model answers. */
  readonly racing?: Racing;
  /** How recognised texts are written; absent leaves them as the model wrote them. */
  readonly textStyle?: TextStyle;
  /** Memory for sentences already spoken; absent or 0 keeps none. */
  readonly audioCacheBytes?: number;
  readonly wake: { readonly threshold: number; readonly triggerLevel: number; readonly refractoryMs: number };
}

/** The one place where gateways get work done. */
export class Voice implements VoiceSessions {
  readonly #requests: RequestLog;
  readonly #transcribe: TranscribeTools;
  readonly #synthesize: SynthesizeTools;
  readonly #wake: VoiceOptions["wake"];

  constructor({
    leaser,
    ladders,
    requests,
    clock,
    log,
    prepare,
    languageOf,
    commands,
    options,
  }: {
    readonly leaser: ModelLeaser;
    readonly ladders: LadderSource;
    readonly requests: RequestLog;
    readonly clock: Clock;
    readonly log: Logger;
    /** See `SynthesizeTools`. */
    readonly prepare?: SynthesizeTools["prepare"];
    readonly languageOf?: SynthesizeTools["languageOf"];
    /** Absent where the home's commands are not listened for. */
    readonly commands?: Commands;
    readonly options: VoiceOptions;
  }) {
    this.#requests = requests;
    this.#wake = options.wake;
    const { voiceDetector, racing, textStyle, audioCacheBytes = 0 } = options;
    this.#transcribe = {
      leaser,
      ladders,
      clock,
      slots: new Slots({ places: options.parallel, maxWaiting: options.maxWaiting }),
      defaultLanguage: options.defaultLanguage,
      languageFor: options.languageFor ?? (() => options.defaultLanguage),
      deadlineMs: options.deadlineMs,
      maxSeconds: options.maxAudioSeconds,
      trimSilence: options.trimSilence,
      speechThreshold: options.speechThreshold,
      endSilenceSeconds: options.endSilenceSeconds,
      ...(racing ? { racing } : {}),
      ...(commands ? { commands } : {}),
      ...(textStyle ? { textStyle } : {}),
      ...(voiceDetector ? { watch: new SpeechWatch({ leaser, model: voiceDetector, log }) } : {}),
    };
    this.#synthesize = {
      leaser,
      ladders,
      clock,
      deadlineMs: options.deadlineMs,
      ...(prepare ? { prepare } : {}),
      ...(languageOf ? { languageOf } : {}),
      ...(audioCacheBytes > 0 ? { cache: new AudioCache(audioCacheBytes) } : {}),
    };
  }

  transcribe(request: TranscribeRequest): TranscribeSession {
    const trace = this.#requests.begin("transcribe", request.origin, request.language);
    return new Transcription(this.#transcribe, request, trace);
  }

  synthesize(request: SynthesizeRequest): SynthesizeSession {
    const [first = request.text, ...rest] = this.#partsOf(request);
    if (rest.length === 0) return this.#synthesis(request);
    // The next voices load while the first one speaks.
    for (const text of rest) prefetchFirst(this.#synthesize, "tts", { text, ...this.#guessed(text) });
    return new MixedSpeech(first, rest, (text, rateHz = request.rateHz) =>
      this.#synthesis({ ...request, text, ...(rateHz === undefined ? {} : { rateHz }) }),
    );
  }

  /** The parts of a text that want different voices. Who names voice or language gets that for all of it. */
  #partsOf({ text, voice, language, ssml }: SynthesizeRequest): readonly string[] {
    const { languageOf } = this.#synthesize;
    if (voice || language || ssml || !languageOf) return [text];
    const runs = scriptRuns(text);
    // What nobody can read aloud is left to the neighbour's voice.
    return runs.every((run) => languageOf(run) !== undefined) ? runs : [text];
  }

  #guessed(text: string): { readonly language?: string } {
    const language = this.#synthesize.languageOf?.(text);
    return language ? { language } : {};
  }

  #synthesis(request: SynthesizeRequest): SynthesizeSession {
    const trace = this.#requests.begin("synthesize", request.origin, request.language);
    return new Synthesis(this.#synthesize, request, trace);
  }

  detectWake(request: DetectWakeRequest): WakeSession {
    const trace = this.#requests.begin("wake", request.origin);
    return new WakeDetection({ ...this.#transcribe, ...this.#wake }, request, trace);
  }
}
