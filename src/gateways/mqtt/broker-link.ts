import type { Logger } from "../../base/logger.js";
import type { MqttPort } from "../../base/mqtt-port.js";
import {
  BrokerClient,
  type BrokerClientOptions,
  type BrokerClientParts,
  type BrokerStatus,
} from "./client.js";

/** What the whole program needs to know of the broker. */
export interface BrokerLinkOptions
  extends Pick<BrokerClientOptions, "endpoint" | "backOff" | "connectTimeoutMs"> {
  /** First level of our own topics: `irene_edge`. */
  readonly baseTopic: string;
  readonly installId: string;
  /** Open the second connection, for audio. */
  readonly audio: boolean;
}

/**
 * Our two connections to the broker. What must arrive (states, commands) does not stand in line behind what is worth
 * something only now (audio).
 */
export class BrokerLink {
  readonly #control: BrokerClient;
  readonly #audio: BrokerClient | undefined;
  readonly #stopWaiting: () => void;

  constructor(options: BrokerLinkOptions, parts: BrokerClientParts) {
    const { baseTopic, installId, audio, ...shared } = options;
    const clientId = (purpose: string) => `${baseTopic.replaceAll("/", "-")}-${installId}-${purpose}`;
    this.#control = new BrokerClient(
      { ...shared, clientId: clientId("control"), statusTopic: `${baseTopic}/status` },
      parts,
    );
    this.#audio = audio
      ? new BrokerClient(
          // Small: nothing that must arrive goes this way.
          { ...shared, clientId: clientId("audio"), outbox: { messages: 100, bytes: 1024 ** 2 } },
          { ...parts, logger: quiet(parts.logger) },
        )
      : undefined;
    // Only once the first is in: a wrong password would otherwise be tried twice, and reported twice.
    this.#stopWaiting = this.#control.onConnect(() => this.#audio?.start());
  }

  /** QoS 1 with a queue; its vanishing is announced by `<base>/status`. */
  get control(): MqttPort {
    return this.#control;
  }

  /** QoS 0 without a queue; the control connection where no second one was asked for. */
  get audio(): MqttPort {
    return this.#audio ?? this.#control;
  }

  get status(): BrokerStatus {
    return this.#control.status;
  }

  onStatus(listener: (status: BrokerStatus) => void): () => void {
    return this.#control.onStatus(listener);
  }

  start(): void {
    this.#control.start();
  }

  async close(): Promise<void> {
    this.#stopWaiting();
    await Promise.all([this.#audio?.close(), this.#control.close()]);
  }
}

/** The control connection already tells the user all there is to know of the broker. */
function quiet(logger: Logger): Logger {
  const debug: Logger["debug"] = (message, fields) => logger.debug(message, fields);
  return {
    debug,
    info: debug,
    warn: debug,
    error: (message, fields) => logger.error(message, fields),
    child: (fields) => quiet(logger.child(fields)),
  };
}
