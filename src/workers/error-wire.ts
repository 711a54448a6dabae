import {
  AssetError,
  BrokerError,
  BudgetError,
  ConfigError,
  DeviceError,
  EngineError,
  type EngineErrorCode,
  HomeError,
  InternalError,
  messageOf,
  ProtocolError,
  SessionError,
  VoiceError,
  WorkerError,
} from "../base/errors.js";

/** An error between processes: class, code and sentence. Stacks stay where they arose. */
export interface WireError {
  readonly name: string;
  readonly code: string;
  readonly message: string;
}

/** Code strings are only as wide as `string` here; `encodeError` read them off an instance of the same class. */
type AnyVoiceError = new (code: never, message: string) => VoiceError;

const CLASSES: Readonly<Record<string, AnyVoiceError>> = {
  ConfigError,
  ProtocolError,
  AssetError,
  BudgetError,
  EngineError,
  WorkerError,
  SessionError,
  BrokerError,
  HomeError,
  DeviceError,
  InternalError,
};

/** @param fallback code for what an inference library threw, which is no `VoiceError`. */
export function encodeError(thrown: unknown, fallback: EngineErrorCode): WireError {
  if (thrown instanceof VoiceError) {
    return { name: thrown.name, code: thrown.code, message: thrown.message };
  }
  return { name: "EngineError", code: fallback, message: messageOf(thrown) };
}

/** The error as the class it was; an unknown class becomes an `InternalError` with the same sentence. */
export function decodeError({ name, code, message }: WireError): VoiceError {
  const Class = CLASSES[name];
  return Class ? new Class(code as never, message) : new InternalError("invariant-broken", message);
}
