import type { MqttMessage } from "../../base/mqtt-port.js";
import { isExact, topicMatches } from "../../base/topic-filter.js";

/** Everyone who wants messages on one filter. */
export interface Interest {
  readonly filter: string;
  readonly qos: 0 | 1;
  readonly listeners: Set<(message: MqttMessage) => void>;
  /** The broker's first answer; false when nobody waited for it any more. */
  readonly granted: Promise<boolean>;
  readonly answer: (granted: boolean) => void;
}

/** Who wants which messages. Exact topics are looked up, so that a hundred of them cost no more than one. */
export class Subscriptions {
  readonly #interests = new Map<string, Interest>();
  readonly #onListenerError: (error: unknown) => void;

  /** @param onListenerError told what a listener threw; the others hear the message all the same. */
  constructor(onListenerError: (error: unknown) => void) {
    this.#onListenerError = onListenerError;
  }

  all(): readonly Interest[] {
    return [...this.#interests.values()];
  }

  /** @returns the interest, and whether the filter is new, so that the broker must be asked. */
  add(
    filter: string,
    qos: 0 | 1,
    listener: (message: MqttMessage) => void,
  ): { readonly interest: Interest; readonly isNew: boolean } {
    const known = this.#interests.get(filter);
    if (known) {
      known.listeners.add(listener);
      return { interest: known, isNew: false };
    }
    let answer: (granted: boolean) => void = () => undefined;
    const granted = new Promise<boolean>((resolve) => {
      answer = resolve;
    });
    const interest: Interest = { filter, qos, listeners: new Set([listener]), granted, answer };
    this.#interests.set(filter, interest);
    return { interest, isNew: true };
  }

  /** @returns true when nobody wants the filter any more and the broker may be told. */
  remove(filter: string, listener: (message: MqttMessage) => void): boolean {
    const known = this.#interests.get(filter);
    if (!known?.listeners.delete(listener) || known.listeners.size > 0) return false;
    known.answer(false);
    return this.#interests.delete(filter);
  }

  dispatch(message: MqttMessage): void {
    const exact = this.#interests.get(message.topic);
    if (exact) this.#tell(exact, message);
    for (const interest of [...this.#interests.values()]) {
      if (!isExact(interest.filter) && topicMatches(interest.filter, message.topic))
        this.#tell(interest, message);
    }
  }

  #tell({ listeners }: Interest, message: MqttMessage): void {
    for (const listener of [...listeners]) {
      try {
        listener(message);
      } catch (error) {
        this.#onListenerError(error);
      }
    }
  }
}
