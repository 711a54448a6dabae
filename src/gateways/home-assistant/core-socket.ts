import { Agent, WebSocket } from "undici";
import type { Clock, Timer } from "../../base/clock.js";
import { withDeadline } from "../../base/deadline.js";
import { HomeError, messageOf } from "../../base/errors.js";

/** The registry of a large house in one message is 10 MB; states of a thousand entities are less. */
const MAX_MESSAGE_BYTES = 32 * 1024 * 1024;
/** Core answers such questions within a second; while it starts, it may take longer. */
const CALL_DEADLINE_MS = 20_000;
/** How long both sides may be silent before we ask whether the other is still there. */
const PING_AFTER_MS = 45_000;

export interface CoreAddress {
  /** `ws://supervisor/core/websocket` inside an add-on. */
  readonly url: string;
  readonly token: string;
}

interface Waiting {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

type Message = Readonly<Record<string, unknown>>;

/**
 * One connection to Home Assistant's WebSocket interface, past its handshake. Calls may overlap; each has a deadline. It
 * is over for good once `closed` has settled.
 * @see https://developers.home-assistant.io/docs/api/websocket
 */
export class CoreSocket {
  /** Settles with the reason once the connection has ended, never rejects. */
  readonly closed: Promise<HomeError>;
  readonly #clock: Clock;
  readonly #socket: WebSocket;
  readonly #agent: Agent;
  readonly #waiting = new Map<number, Waiting>();
  readonly #onEvent: (type: string) => void;
  #onClosed: (reason: HomeError) => void = () => undefined;
  #greet: Waiting | undefined;
  #ended: HomeError | undefined;
  #lastId = 0;
  #ping: Timer | undefined;

  /**
   * Connects and proves who we are.
   * @param onEvent told the type of each event that was subscribed to
   * @throws {HomeError} `home-unreachable`, `home-refused`
   */
  static async open({
    address,
    clock,
    signal,
    onEvent,
  }: {
    readonly address: CoreAddress;
    readonly clock: Clock;
    readonly signal: AbortSignal;
    readonly onEvent: (type: string) => void;
  }): Promise<CoreSocket> {
    signal.throwIfAborted();
    const socket = new CoreSocket(address.url, clock, onEvent);
    try {
      await socket.#enter(address.token, signal);
      return socket;
    } catch (error) {
      socket.close();
      throw error;
    }
  }

  private constructor(url: string, clock: Clock, onEvent: (type: string) => void) {
    this.#clock = clock;
    this.#onEvent = onEvent;
    this.closed = new Promise((resolve) => {
      this.#onClosed = resolve;
    });
    this.#agent = new Agent({ webSocket: { maxPayloadSize: MAX_MESSAGE_BYTES } });
    this.#socket = new WebSocket(url, { dispatcher: this.#agent });
    this.#socket.addEventListener("message", ({ data }) => this.#hear(data));
    this.#socket.addEventListener("error", ({ error, message }) =>
      this.#end(unreachable(messageOf(error ?? message))),
    );
    this.#socket.addEventListener("close", ({ code, reason }) =>
      this.#end(unreachable(`it ended the connection (${code}${reason === "" ? "" : `, ${reason}`})`)),
    );
  }

  /**
   * One command and its result.
   * @throws {HomeError} `home-refused` when Core said no, `home-unreachable` when it said nothing
   */
  call(type: string, fields: Message = {}): Promise<unknown> {
    if (this.#ended) return Promise.reject(this.#ended);
    this.#lastId += 1;
    const id = this.#lastId;
    const answer = new Promise<unknown>((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    this.#socket.send(JSON.stringify({ ...fields, id, type }));
    return withDeadline(answer, {
      clock: this.#clock,
      limitMs: CALL_DEADLINE_MS,
      late: () => unreachable(`no answer to ${type} within ${CALL_DEADLINE_MS / 1000} s`),
    }).finally(() => this.#waiting.delete(id));
  }

  /** Ends the connection at once. Idempotent. */
  close(): void {
    this.#end(unreachable("the connection was closed here"));
  }

  /** The handshake: Core asks, we show the token, Core lets us in or not. */
  async #enter(token: string, signal: AbortSignal): Promise<void> {
    const late = () => unreachable(`no handshake within ${CALL_DEADLINE_MS / 1000} s`);
    const greeted = new Promise<unknown>((resolve, reject) => {
      this.#greet = { resolve, reject };
    });
    const limit = { clock: this.#clock, limitMs: CALL_DEADLINE_MS, late, signal };
    const asked = await withDeadline(greeted, limit);
    if (asked !== "auth_required") throw unreachable("what answers there is not Home Assistant");
    const decided = new Promise<unknown>((resolve, reject) => {
      this.#greet = { resolve, reject };
    });
    this.#socket.send(JSON.stringify({ type: "auth", access_token: token }));
    if ((await withDeadline(decided, limit)) !== "auth_ok") {
      throw new HomeError(
        "home-refused",
        "Home Assistant does not let this add-on read its names: the add-on needs homeassistant_api.",
      );
    }
    this.#greet = undefined;
    this.#pingLater();
  }

  #hear(data: unknown): void {
    this.#pingLater();
    const message = parse(data);
    if (!message) this.#end(unreachable("it sent something that is no JSON message"));
    else if (this.#greet) this.#greet.resolve(message["type"]);
    else this.#take(message);
  }

  #take(message: Message): void {
    const { type, id } = message;
    if (type === "event") {
      const event = message["event"];
      if (isObject(event) && typeof event["event_type"] === "string") this.#onEvent(event["event_type"]);
    }
    const waiting = typeof id === "number" ? this.#waiting.get(id) : undefined;
    if (!waiting) return;
    if (type === "pong" || (type === "result" && message["success"] === true))
      waiting.resolve(message["result"]);
    else if (type === "result") waiting.reject(refused(message["error"]));
  }

  #end(reason: HomeError): void {
    if (this.#ended) return;
    this.#ended = reason;
    this.#ping?.cancel();
    this.#greet?.reject(reason);
    for (const { reject } of this.#waiting.values()) reject(reason);
    this.#waiting.clear();
    // A close handshake with a peer that has gone would hold the socket open.
    void this.#agent.destroy().catch(() => undefined);
    this.#onClosed(reason);
  }

  /** A machine that lost its power says no goodbye. */
  #pingLater(): void {
    this.#ping?.cancel();
    if (this.#ended) return;
    this.#ping = this.#clock.after(PING_AFTER_MS, () => {
      this.call("ping").catch((error: unknown) => this.#end(unreachable(messageOf(error))));
    });
  }
}

const unreachable = (why: string): HomeError =>
  new HomeError("home-unreachable", `Home Assistant does not answer: ${why}`);

function refused(error: unknown): HomeError {
  const said = isObject(error) ? `${String(error["code"])}: ${String(error["message"])}` : "no reason given";
  return new HomeError("home-refused", `Home Assistant refused (${said})`);
}

function parse(data: unknown): Message | undefined {
  if (typeof data !== "string") return undefined;
  try {
    const value: unknown = JSON.parse(data);
    return isObject(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

const isObject = (value: unknown): value is Message =>
  typeof value === "object" && value !== null && !Array.isArray(value);
