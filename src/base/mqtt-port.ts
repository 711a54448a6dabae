/** One message as it came from the broker. */
export interface MqttMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
  /** True for a message the broker had stored, false for one published just now. */
  readonly retained: boolean;
}

/** One message to send. */
export interface MqttPublication {
  readonly topic: string;
  readonly payload: string | Uint8Array;
  /** 0: sent now or not at all. 1: waits in a bounded queue while the broker is away, and is acknowledged. */
  readonly qos: 0 | 1;
  /** The broker keeps it for later subscribers; an empty payload removes what it keeps. */
  readonly retain?: boolean;
  /** Seconds after which it is of no use to anyone any more. */
  readonly expirySeconds?: number;
}

/**
 * `delivered`: handed to the network (QoS 0) or acknowledged (QoS 1). `dropped`: the broker was away, the queue was
 * full, or a newer retained message for the topic took its place. `refused`: the broker does not permit it.
 */
export type PublishOutcome = "delivered" | "dropped" | "refused";

/** One interest in messages. */
export interface MqttSubscription {
  /** Resolves once the broker has answered: false when it refused or the subscription was closed before. */
  readonly granted: Promise<boolean>;
  /** Idempotent. */
  close(): void;
}

/** The broker as gateways that speak MQTT see it. Survives reconnects: subscriptions are made again by themselves. */
export interface MqttPort {
  readonly connected: boolean;
  /** Never rejects. */
  publish(publication: MqttPublication): Promise<PublishOutcome>;
  /**
   * Calls back for every message on topics that match, in the order of arrival.
   * @param filter may hold `+` and `#`. Filters of one port must not overlap: a broker may deliver once for each.
   */
  subscribe(filter: string, qos: 0 | 1, listener: (message: MqttMessage) => void): MqttSubscription;
  /**
   * Called after every connect, once all subscriptions stand; at once when that is already so.
   * @returns a function that stops it.
   */
  onConnect(listener: () => void): () => void;
}
