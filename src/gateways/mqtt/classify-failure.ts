import { BrokerError, messageOf } from "../../base/errors.js";

/** CONNACK and DISCONNECT codes of both protocol versions that say our credentials are not good. */
const BAD_CREDENTIALS: ReadonlySet<number> = new Set([4, 5, 134, 135, 140]);
/** "I do not speak this version of MQTT." */
const BAD_VERSION: ReadonlySet<number> = new Set([1, 132]);
const BAD_CLIENT_ID: ReadonlySet<number> = new Set([2, 133]);
const BUSY: ReadonlySet<number> = new Set([3, 136, 137]);
const TAKEN_OVER = 142;

const UNREACHABLE: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there",
  ENOTFOUND: "the host name is not known",
  EAI_AGAIN: "the host name cannot be looked up just now",
  ETIMEDOUT: "no answer",
  EHOSTUNREACH: "no way to that host",
  ENETUNREACH: "no network",
  ECONNRESET: "the connection was cut",
  EPIPE: "the connection was cut",
};

/** True when the broker said that it does not know this version of the protocol. */
export function isVersionRefusal(cause: unknown): boolean {
  return BAD_VERSION.has(Number(codeOf(cause)));
}

/** True when another user name or password may help. */
export function isCredentialRefusal(error: BrokerError): boolean {
  return error.code === "broker-refused" && BAD_CREDENTIALS.has(Number(codeOf(error.cause)));
}

/**
 * What a failed or broken connection means to the user.
 * @param broker its address as in `nameOf`
 * @param cause what the MQTT library, TLS or the network reported; undefined when the broker just hung up
 */
export function classifyFailure(broker: string, cause: unknown): BrokerError {
  const code = codeOf(cause);
  if (typeof code === "number") return refusal(broker, code, cause);
  if (isTlsFailure(code, cause)) {
    return new BrokerError(
      "broker-refused",
      `No trusted TLS connection to the MQTT broker ${broker} (${messageOf(cause)}): give the certificate authority that signed its certificate, or check host name and port`,
      { cause },
    );
  }
  const why =
    (code !== undefined && UNREACHABLE[code]) || (cause === undefined ? "it hung up" : messageOf(cause));
  return new BrokerError("broker-unreachable", `The MQTT broker ${broker} cannot be reached: ${why}`, {
    cause,
  });
}

function refusal(broker: string, code: number, cause: unknown): BrokerError {
  const because = BAD_CREDENTIALS.has(code)
    ? "refused the user name or password: check them in the MQTT settings"
    : BAD_CLIENT_ID.has(code)
      ? "refused our client id"
      : code === TAKEN_OVER
        ? "gave our place to another client with the same id: is a copy of this installation running?"
        : BUSY.has(code)
          ? "is not available just now"
          : `refused the connection (${messageOf(cause)})`;
  return new BrokerError(
    BUSY.has(code) ? "broker-unreachable" : "broker-refused",
    `The MQTT broker ${broker} ${because}`,
    { cause },
  );
}

function isTlsFailure(code: string | undefined, cause: unknown): boolean {
  return (
    (code !== undefined &&
      /^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|EPROTO|HOSTNAME_MISMATCH)/.test(code)) ||
    /TLS|certificate/i.test(cause === undefined ? "" : messageOf(cause))
  );
}

function codeOf(cause: unknown): string | number | undefined {
  if (typeof cause !== "object" || cause === null || !("code" in cause)) return undefined;
  return typeof cause.code === "string" || typeof cause.code === "number" ? cause.code : undefined;
}
