/**
 * Root of every error this program raises on purpose. `code` is stable and documented in DOCS.md; `message` is one
 * sentence for the user that says what to do where something can be done.
 */
export abstract class VoiceError<Code extends string = string> extends Error {
  readonly code: Code;

  constructor(code: Code, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

export type ConfigErrorCode = "config-invalid" | "config-unknown-model";
/** The user's settings are wrong. Fatal before start: exit code 78. */
export class ConfigError extends VoiceError<ConfigErrorCode> {}

export type ProtocolErrorCode =
  | "malformed-frame"
  | "frame-too-large"
  | "frame-truncated"
  | "unexpected-event";
/** A peer broke the wire format. Its connection is closed. */
export class ProtocolError extends VoiceError<ProtocolErrorCode> {}

export type AssetErrorCode =
  | "asset-missing"
  | "asset-corrupt"
  | "disk-full"
  | "download-failed"
  | "archive-refused"
  | "offline";
/** A model's files cannot be had, or are not what they should be. */
export class AssetError extends VoiceError<AssetErrorCode> {}

export type BudgetErrorCode = "over-budget" | "larger-than-budget";
/** Memory is promised to others just now (`over-budget`) or will never be enough (`larger-than-budget`). */
export class BudgetError extends VoiceError<BudgetErrorCode> {}

export type EngineErrorCode =
  | "engine-unavailable"
  | "engine-load-failed"
  | "engine-bad-frame"
  | "engine-bad-graph"
  | "engine-failed";
/** An inference library refused a model or an input. */
export class EngineError extends VoiceError<EngineErrorCode> {}

export type WorkerErrorCode = "worker-crashed" | "worker-hung" | "worker-out-of-memory";
/** A model's process ended or stopped answering. */
export class WorkerError extends VoiceError<WorkerErrorCode> {}

export type SessionErrorCode =
  | "cancelled"
  | "deadline"
  | "unsupported-audio"
  | "busy"
  | "no-model"
  | "too-long";
/** One request cannot be served as asked. */
export class SessionError extends VoiceError<SessionErrorCode> {}

export type BrokerErrorCode = "broker-unreachable" | "broker-refused";
/** The MQTT broker is away or does not let us in. Voice goes on without it. */
export class BrokerError extends VoiceError<BrokerErrorCode> {}

export type HomeErrorCode = "home-unreachable" | "home-refused" | "home-file-invalid";
/** What the home is called cannot be read. The names known before stay in use. */
export class HomeError extends VoiceError<HomeErrorCode> {}

export type DeviceErrorCode = "device-unavailable";
/** No microphone or speaker of this machine can be used. Tried again until there is one. */
export class DeviceError extends VoiceError<DeviceErrorCode> {}

export type InternalErrorCode = "invariant-broken" | "port-taken";
/** Our own mistake, or the machine's: never caused by what a peer sent. */
export class InternalError extends VoiceError<InternalErrorCode> {}

/** The sentence of any thrown value, for a log line or a wire message; never a stack. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The error itself, or one wrapping a thrown value that is not an error. */
export function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
