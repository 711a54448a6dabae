import { EnvHttpProxyAgent, request } from "undici";
import { messageOf } from "../base/errors.js";

const PATIENCE_MS = 4_000;

/** Whether a host answers. */
export interface HostAnswer {
  readonly origin: string;
  readonly ok: boolean;
  /** Its clock, where it told. */
  readonly dateMs?: number;
  /** In plain words, when it does not answer. */
  readonly why?: string;
}

/**
 * Asks a host for anything, through the proxy that downloads go through. Any answer will do: what matters is that
 * somebody is there. Never rejects.
 */
export async function askHost(origin: string): Promise<HostAnswer> {
  const dispatcher = new EnvHttpProxyAgent();
  try {
    const answer = await request(origin, {
      method: "HEAD",
      dispatcher,
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const dateMs = Date.parse(String(answer.headers["date"] ?? ""));
    return { origin, ok: true, ...(Number.isFinite(dateMs) ? { dateMs } : {}) };
  } catch (error) {
    return { origin, ok: false, why: reasonOf(error) };
  } finally {
    await dispatcher.destroy();
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOTFOUND: "its name is not known",
  EAI_AGAIN: "its name cannot be looked up just now",
  ECONNREFUSED: "it refuses connections",
  ENETUNREACH: "there is no network",
  EHOSTUNREACH: "there is no way to it",
  ECONNRESET: "the connection was cut",
  CERT_NOT_YET_VALID: "its certificate is not valid yet: is the clock right?",
  CERT_HAS_EXPIRED: "its certificate has expired: is the clock right?",
};

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return messageOf(error);
  if (error.name === "TimeoutError") return `no answer within ${PATIENCE_MS / 1000} s`;
  return REASONS[(error as NodeJS.ErrnoException).code ?? ""] ?? (error.message || "no answer");
}
