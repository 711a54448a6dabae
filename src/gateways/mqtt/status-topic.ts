import type { Clock, Timer } from "../../base/clock.js";
import type { MqttPort, MqttPublication } from "../../base/mqtt-port.js";

/** Pause before a false `offline` is put right. */
const CORRECT_AFTER_MS = 1_000;

/**
 * The topic that tells the world whether we are there. The broker says `offline` by our last will, we say it ourselves
 * on a clean stop, since a clean goodbye keeps the will from being published.
 *
 * A broker may publish the will of an old connection of ours only after we are back, when it notices late that the old
 * line is dead; then everything would look unavailable for good. So the topic is watched and put right.
 */
export class StatusTopic {
  /** What the broker is to publish when we vanish. */
  readonly will: MqttPublication;
  readonly #online: MqttPublication;
  readonly #port: MqttPort;
  readonly #clock: Clock;
  #correction: Timer | undefined;
  #watching = false;
  #leaving = false;

  constructor(topic: string, port: MqttPort, clock: Clock) {
    this.will = { topic, payload: "offline", qos: 1, retain: true };
    this.#online = { topic, payload: "online", qos: 1, retain: true };
    this.#port = port;
    this.#clock = clock;
  }

  sayOnline(): void {
    void this.#port.publish(this.#online);
    if (this.#watching) return;
    this.#watching = true;
    this.#port.subscribe(this.#online.topic, 1, ({ payload, retained }) => {
      if (!retained && Buffer.from(payload).toString() === "offline") this.#correctSoon();
    });
  }

  /** @param publish goes straight to the connection, since the queue may be long. */
  async sayGoodbye(publish: (publication: MqttPublication) => Promise<unknown>): Promise<void> {
    this.#leaving = true;
    this.#correction?.cancel();
    await publish(this.will);
  }

  /** Not at once: two installations on one base topic would else contradict each other as fast as they can. */
  #correctSoon(): void {
    if (this.#leaving || this.#correction) return;
    this.#correction = this.#clock.after(CORRECT_AFTER_MS, () => {
      this.#correction = undefined;
      if (!this.#leaving && this.#port.connected) void this.#port.publish(this.#online);
    });
  }
}
