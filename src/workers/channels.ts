import type { TranscribeOptions, WakeOptions } from "../engines/capability.js";
import type { SpeechChannel, VoiceDetectorChannel, WakeChannel } from "./model-worker.js";
import type { CallName, CallParams, CallResult, ToWorker } from "./protocol.js";

/** One session's line to its worker. */
export interface WorkerLink {
  /** Fresh number, not used before. */
  readonly session: number;
  call<N extends CallName>(name: N, params: CallParams<N>): Promise<CallResult<N>>;
  post(message: ToWorker): void;
}

/** @throws {EngineError} {WorkerError} {SessionError} `busy` */
export async function openSpeechChannel(
  link: WorkerLink,
  model: string,
  options: TranscribeOptions,
): Promise<SpeechChannel> {
  const { session } = link;
  await link.call("open-speech", { session, model, options });
  return {
    accept: (samples) => link.call("speech-accept", { session, samples }),
    finish: () => link.call("speech-finish", { session }),
    cancel: () => link.post({ kind: "cancel", session }),
  };
}

/** @throws {EngineError} {WorkerError} {SessionError} `busy` */
export async function openVoiceDetectorChannel(
  link: WorkerLink,
  model: string,
): Promise<VoiceDetectorChannel> {
  const { session } = link;
  await link.call("open-vad", { session, model });
  return {
    accept: (samples) => link.call("vad-accept", { session, samples }),
    cancel: () => link.post({ kind: "cancel", session }),
  };
}

/** @throws {EngineError} {WorkerError} {SessionError} `busy` */
export async function openWakeChannel(
  link: WorkerLink,
  model: string,
  options: WakeOptions,
): Promise<WakeChannel> {
  const { session } = link;
  await link.call("open-wake", { session, model, options });
  return {
    accept: (samples) => link.call("wake-accept", { session, samples }),
    cancel: () => link.post({ kind: "cancel", session }),
  };
}
