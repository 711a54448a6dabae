import {
  AssetError,
  BudgetError,
  EngineError,
  messageOf,
  ProtocolError,
  SessionError,
  VoiceError,
  WorkerError,
} from "../../base/errors.js";
import type { WyomingEvent } from "../../protocol/wyoming/codec.js";
import { error as errorEvent } from "../../protocol/wyoming/error.js";

/**
 * What a peer is told about an error: one sentence and a stable code, never a stack or the text of a mistake of ours.
 * @returns undefined for cancelled work, about which nobody wants to hear
 */
export function errorEventFor(error: unknown): WyomingEvent | undefined {
  const code = wireCode(error);
  if (code === undefined) return undefined;
  const text =
    code === "internal" ? "An internal error happened. The log of the server says more." : messageOf(error);
  return errorEvent.encode({ text, code });
}

/** The `code` of the `error` event, or undefined for cancelled work. */
export function wireCode(error: unknown): string | undefined {
  if (error instanceof SessionError) return error.code === "cancelled" ? undefined : error.code;
  if (error instanceof ProtocolError) return error.code;
  if (error instanceof AssetError) return "model-unavailable";
  if (error instanceof BudgetError) return error.code === "over-budget" ? "busy" : "model-unavailable";
  if (error instanceof EngineError || error instanceof WorkerError) return "engine-failed";
  return "internal";
}

/** Whether an error is the peer's doing, or the world's, and not a mistake of this program. */
export const isExpected = (error: unknown): boolean =>
  error instanceof VoiceError && wireCode(error) !== "internal";
