import { createHash } from "node:crypto";
import type { Clock } from "../../base/clock.js";
import type { MqttMessage, MqttPublication } from "../../base/mqtt-port.js";

/** A message that has not come back by then was lost on its way. */
const EXPIRY_MS = 10_000;
/** Most messages awaited; an older one is forgotten first. */
const MAX_AWAITED = 256;

/**
 * Messages that we sent to a broker and will get back from it. Each is taken for an echo once: the same words from
 * somebody else still count.
 */
export class EchoBook {
  readonly #clock: Clock;
  readonly #awaited: { readonly key: string; readonly untilMs: number }[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @returns a function that takes it back, for a message that did not go out */
  expect(publication: MqttPublication): () => void {
    this.#forgetOld();
    const entry = { key: keyOf(publication), untilMs: this.#clock.monotonicMs() + EXPIRY_MS };
    this.#awaited.push(entry);
    if (this.#awaited.length > MAX_AWAITED) this.#awaited.shift();
    return () => {
      const at = this.#awaited.indexOf(entry);
      if (at >= 0) this.#awaited.splice(at, 1);
    };
  }

  isEcho(message: MqttMessage): boolean {
    if (message.retained) return false;
    this.#forgetOld();
    const key = this.#awaited.length > 0 ? keyOf(message) : "";
    const at = this.#awaited.findIndex((each) => each.key === key);
    if (at < 0) return false;
    this.#awaited.splice(at, 1);
    return true;
  }

  #forgetOld(): void {
    const nowMs = this.#clock.monotonicMs();
    while ((this.#awaited[0]?.untilMs ?? nowMs) < nowMs) this.#awaited.shift();
  }
}

const keyOf = ({ topic, payload }: Pick<MqttPublication, "topic" | "payload">): string =>
  `${topic} ${createHash("sha1").update(payload).digest("base64")}`;
