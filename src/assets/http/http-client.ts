import { type Dispatcher, EnvHttpProxyAgent, request } from "undici";
import type { Clock } from "../../base/clock.js";
import { withDeadline } from "../../base/deadline.js";
import { AssetError } from "../../base/errors.js";
import { type AddressPolicy, checkAddress } from "./address.js";
import { AttemptError, fromNetworkError, hostOf } from "./attempt-error.js";

/** Answer to a request, its body not yet read. */
export interface HttpAnswer {
  readonly status: number;
  /** By lower-case name. */
  readonly header: (name: string) => string | undefined;
  /** Read it to the end or call `discard`. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Drops the connection. Idempotent. */
  discard(): void;
}

export interface HttpClientOptions {
  readonly clock: Clock;
  readonly addresses: AddressPolicy;
}

const HEADERS_TIMEOUT_MS = 30_000;
const MAX_REDIRECTS = 5;

/** Fetches over http(s), through the proxy that `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` name. */
export class HttpClient {
  readonly #clock: Clock;
  readonly #addresses: AddressPolicy;
  // The body has its own guard and no total deadline: a large model on a slow line takes hours.
  readonly #dispatcher: Dispatcher = new EnvHttpProxyAgent({ headersTimeout: 0, bodyTimeout: 0 });

  constructor({ clock, addresses }: HttpClientOptions) {
    this.#clock = clock;
    this.#addresses = addresses;
  }

  /**
   * Asks for an address, following at most five redirects; each hop must itself be an allowed address.
   * @throws {AttemptError} when there is no answer
   * @throws {AssetError} `download-failed` for an address that may not be fetched
   */
  async ask(
    method: "GET" | "HEAD",
    url: string,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<HttpAnswer> {
    let at = checkAddress(url, this.#addresses);
    for (let hops = 0; hops <= MAX_REDIRECTS; hops += 1) {
      const answer = await this.#once(method, at, headers, signal);
      const location = answer.header("location");
      if (![301, 302, 303, 307, 308].includes(answer.status) || location === undefined) return answer;
      answer.discard();
      const next = URL.canParse(location, at.href) ? new URL(location, at.href).href : location;
      at = checkAddress(next, this.#addresses);
    }
    throw new AttemptError(`${hostOf(url)} redirects in circles`, { again: false });
  }

  /** Closes idle connections. */
  async close(): Promise<void> {
    await this.#dispatcher.destroy();
  }

  async #once(
    method: "GET" | "HEAD",
    url: URL,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<HttpAnswer> {
    const given = new AbortController();
    const stop = () => given.abort(signal.reason);
    signal.throwIfAborted();
    signal.addEventListener("abort", stop, { once: true });
    const answered = request(url, {
      method,
      dispatcher: this.#dispatcher,
      signal: given.signal,
      // A compressed body would make lengths and ranges speak of other bytes than ours.
      headers: { "accept-encoding": "identity", "user-agent": "irene-edge", ...headers },
    });
    const late = () => new AttemptError(`${url.host} did not answer in time`, { again: true });
    const response = await withDeadline(answered, {
      clock: this.#clock,
      limitMs: HEADERS_TIMEOUT_MS,
      late,
      signal,
    }).catch((error: unknown) => {
      signal.removeEventListener("abort", stop);
      given.abort();
      // The request may still fail later on its own; that is of no interest any more.
      answered.catch(() => undefined);
      if (signal.aborted) throw signal.reason;
      throw error instanceof AttemptError || error instanceof AssetError
        ? error
        : fromNetworkError(error, url.href);
    });
    const { body } = response;
    const discard = () => {
      signal.removeEventListener("abort", stop);
      // A destroyed body reports that it was destroyed; nobody listens any more.
      body.on("error", () => undefined);
      body.destroy();
    };
    body.once("close", () => signal.removeEventListener("abort", stop));
    if (method === "HEAD") discard();
    return {
      status: response.statusCode,
      header: (name) => {
        const value = response.headers[name];
        return Array.isArray(value) ? value[0] : value;
      },
      body,
      discard,
    };
  }
}
