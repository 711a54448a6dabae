import type { Emitter } from "../base/emitter.js";
import type { WakeHit } from "../engines/capability.js";
import type {
  DetectWakeRequest,
  Origin,
  SynthesizeRequest,
  SynthesizeSession,
  TranscribeRequest,
  TranscribeResult,
  TranscribeSession,
  VoiceSessions,
  WakeSession,
} from "./voice.js";

/** What is heard at home, whichever gateway it came through. */
export interface HeardEvents {
  /** Never an empty text. */
  readonly text: TranscribeResult & { readonly origin: Origin };
  readonly wake: WakeHit & { readonly origin: Origin };
}

/** The same sessions, which also tell listeners what was heard. */
export class TellingVoice implements VoiceSessions {
  readonly #voice: VoiceSessions;
  readonly #heard: Emitter<HeardEvents>;

  constructor(voice: VoiceSessions, heard: Emitter<HeardEvents>) {
    this.#voice = voice;
    this.#heard = heard;
  }

  transcribe(request: TranscribeRequest): TranscribeSession {
    const session = this.#voice.transcribe(request);
    let told = false;
    return {
      id: session.id,
      accept: (format, bytes) => session.accept(format, bytes),
      finish: async () => {
        const result = await session.finish();
        if (!told && result.text !== "") this.#heard.emit("text", { ...result, origin: request.origin });
        told = true;
        return result;
      },
      cancel: () => session.cancel(),
    };
  }

  synthesize(request: SynthesizeRequest): SynthesizeSession {
    return this.#voice.synthesize(request);
  }

  detectWake(request: DetectWakeRequest): WakeSession {
    return this.#voice.detectWake({
      ...request,
      onDetection: (hit) => {
        // The peer first: its answer must not wait for anybody.
        request.onDetection(hit);
        this.#heard.emit("wake", { ...hit, origin: request.origin });
      },
    });
  }
}
