import { messageOf, toError } from "../../base/errors.js";

/** What the Supervisor answered instead of data. */
export class SupervisorRefusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const DEADLINE_MS = 10_000;

/**
 * The Supervisor as an add-on sees it.
 * @see https://developers.home-assistant.io/docs/api/supervisor/endpoints
 */
export class SupervisorApi {
  readonly #url: string;
  readonly #token: string;

  /** @param url `http://supervisor` inside an add-on */
  constructor({ url, token }: { url: string; token: string }) {
    this.#url = url.replace(/\/$/, "");
    this.#token = token;
  }

  get(path: string): Promise<Readonly<Record<string, unknown>>> {
    return this.#ask("GET", path);
  }

  post(path: string, body: unknown): Promise<Readonly<Record<string, unknown>>> {
    return this.#ask("POST", path, body);
  }

  /** @throws {SupervisorRefusal} when it answered no; an error of the network when it did not answer */
  async #ask(method: string, path: string, body?: unknown): Promise<Readonly<Record<string, unknown>>> {
    const response = await fetch(`${this.#url}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.#token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(DEADLINE_MS),
    }).catch((error) => {
      throw new Error(`The Supervisor does not answer: ${messageOf(error)}`, { cause: toError(error) });
    });
    const answer = (await response.json().catch(() => ({}))) as {
      readonly result?: string;
      readonly message?: string;
      readonly data?: Readonly<Record<string, unknown>>;
    };
    if (response.ok && answer.result !== "error") return answer.data ?? {};
    throw new SupervisorRefusal(
      response.status,
      answer.message ?? `the Supervisor answered ${response.status}`,
    );
  }
}
