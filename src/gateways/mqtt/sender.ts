import type { Clock } from "../../base/clock.js";
import type { MqttPublication, PublishOutcome } from "../../base/mqtt-port.js";
import type { Connection } from "./connection.js";
import { Outbox, type OutboxLimits, type Outgoing } from "./outbox.js";

/** Acknowledgements awaited at a time, where the broker does not want fewer. */
const WINDOW = 16;

/**
 * Sends messages that must arrive: they wait while there is no connection, go out a few at a time, and those that a
 * broken connection left without acknowledgement go out again over the next one.
 */
export class Sender {
  readonly #clock: Clock;
  readonly #outbox: Outbox;
  readonly #onRefused: (topic: string) => void;
  readonly #inFlight = new Set<Outgoing>();
  #connection: Connection | undefined;

  /** @param onRefused told the topic of each message the broker does not permit. */
  constructor(limits: OutboxLimits, clock: Clock, onRefused: (topic: string) => void) {
    this.#outbox = new Outbox(limits);
    this.#clock = clock;
    this.#onRefused = onRefused;
  }

  send(publication: MqttPublication): Promise<PublishOutcome> {
    return new Promise((settle) => {
      const { expirySeconds } = publication;
      this.#outbox.push({
        publication,
        settle,
        ...(expirySeconds !== undefined && {
          expiresAtMs: this.#clock.monotonicMs() + expirySeconds * 1_000,
        }),
      });
      this.#flush();
    });
  }

  attach(connection: Connection): void {
    this.#connection = connection;
    this.#flush();
  }

  detach(): void {
    this.#connection = undefined;
    this.#outbox.putBack([...this.#inFlight]);
    this.#inFlight.clear();
  }

  /** Gives up on everything that waits. */
  dropAll(): void {
    this.#outbox.dropAll();
  }

  #flush(): void {
    const connection = this.#connection;
    while (connection && this.#inFlight.size < Math.min(WINDOW, connection.receiveMaximum)) {
      const next = this.#outbox.shift(this.#clock.monotonicMs());
      if (!next) return;
      this.#inFlight.add(next);
      void connection.publish(next.publication).then((outcome) => {
        // A lost one stays in flight until `detach` puts it back.
        if (outcome === "lost" || !this.#inFlight.delete(next)) return;
        if (outcome === "refused") this.#onRefused(next.publication.topic);
        next.settle(outcome);
        this.#flush();
      });
    }
  }
}
