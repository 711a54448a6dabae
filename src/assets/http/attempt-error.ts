/** Why one attempt at a transfer ended, and what may be done about it. Never leaves this layer. */
export class AttemptError extends Error {
  override readonly name = "AttemptError";
  /** True when the same request may well succeed later. */
  readonly again: boolean;
  /** How long the server asked us to wait. */
  readonly retryAfterMs: number | undefined;

  constructor(
    message: string,
    options: { readonly again: boolean; readonly retryAfterMs?: number; readonly cause?: unknown },
  ) {
    super(message, { cause: options.cause });
    this.again = options.again;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** Failures of TLS and of the request itself: waiting does not mend them. */
const LASTING =
  /^(CERT_|ERR_TLS|ERR_SSL|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|ERR_INVALID_URL|UND_ERR_INVALID_ARG)/;

/** What a thrown network error means for the next attempt. */
export function fromNetworkError(error: unknown, url: string): AttemptError {
  const code = codeOf(error);
  const reason = code ?? (error instanceof Error ? error.message : String(error));
  return new AttemptError(`${hostOf(url)} did not answer properly: ${reason}`, {
    again: !(code && LASTING.test(code)),
    cause: error,
  });
}

function codeOf(error: unknown): string | undefined {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    const { code } = at as NodeJS.ErrnoException;
    if (code) return code;
    if (at instanceof AggregateError) return codeOf(at.errors[0]);
  }
  return undefined;
}

/** The host of an address, for messages. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}
