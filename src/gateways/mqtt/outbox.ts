import type { MqttPublication, PublishOutcome } from "../../base/mqtt-port.js";

/** How much may wait for a broker that is away. */
export interface OutboxLimits {
  readonly messages: number;
  readonly bytes: number;
}

export const CONTROL_OUTBOX: OutboxLimits = { messages: 1_000, bytes: 4 * 1024 ** 2 };

/** A publication and who wants to know what became of it. */
export interface Outgoing {
  readonly publication: MqttPublication;
  /** On the monotonic clock, in milliseconds. */
  readonly expiresAtMs?: number;
  readonly settle: (outcome: PublishOutcome) => void;
}

/**
 * Messages that wait, oldest first, within bounds. A retained message takes the place of an older one for its topic;
 * when the bounds are reached the oldest are dropped: what is new matters more.
 */
export class Outbox {
  readonly #limits: OutboxLimits;
  #waiting: Outgoing[] = [];
  #bytes = 0;

  constructor(limits: OutboxLimits) {
    this.#limits = limits;
  }

  get length(): number {
    return this.#waiting.length;
  }

  push(outgoing: Outgoing): void {
    const { topic, retain } = outgoing.publication;
    if (retain)
      this.#dropWhere((other) => other.publication.retain === true && other.publication.topic === topic);
    this.#waiting.push(outgoing);
    this.#bytes += sizeOf(outgoing);
    this.#enforce();
  }

  /** Puts messages back that were sent but not acknowledged, in their order, before all others. */
  putBack(unacknowledged: readonly Outgoing[]): void {
    const newer = new Set(this.#waiting.filter(isRetained).map(({ publication }) => publication.topic));
    for (const outgoing of unacknowledged) {
      if (isRetained(outgoing) && newer.has(outgoing.publication.topic)) outgoing.settle("dropped");
    }
    const back = unacknowledged.filter((each) => !isRetained(each) || !newer.has(each.publication.topic));
    this.#waiting = [...back, ...this.#waiting];
    for (const outgoing of back) this.#bytes += sizeOf(outgoing);
    this.#enforce();
  }

  /** The next message that has not expired. */
  shift(nowMs: number): Outgoing | undefined {
    for (;;) {
      const next = this.#waiting.shift();
      if (!next) return undefined;
      this.#bytes -= sizeOf(next);
      if (next.expiresAtMs === undefined || next.expiresAtMs > nowMs) return next;
      next.settle("dropped");
    }
  }

  dropAll(): void {
    this.#dropWhere(() => true);
  }

  #enforce(): void {
    while (this.#waiting.length > this.#limits.messages || this.#bytes > this.#limits.bytes) {
      const oldest = this.#waiting.shift();
      if (!oldest) return;
      this.#bytes -= sizeOf(oldest);
      oldest.settle("dropped");
    }
  }

  #dropWhere(condemned: (outgoing: Outgoing) => boolean): void {
    const gone = this.#waiting.filter(condemned);
    if (gone.length === 0) return;
    this.#waiting = this.#waiting.filter((outgoing) => !condemned(outgoing));
    for (const outgoing of gone) {
      this.#bytes -= sizeOf(outgoing);
      outgoing.settle("dropped");
    }
  }
}

function isRetained({ publication }: Outgoing): boolean {
  return publication.retain === true;
}

function sizeOf({ publication: { topic, payload } }: Outgoing): number {
  return (
    Buffer.byteLength(topic) + (typeof payload === "string" ? Buffer.byteLength(payload) : payload.length)
  );
}
