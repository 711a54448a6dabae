/** How much a queue may hold. */
export interface QueueBounds<T> {
  readonly limit: number;
  /** What an item counts against the limit; 1 unless told. */
  readonly weigh?: (item: T) => number;
}

/**
 * Hands items from producers to one consumer, in order. When full, `push` waits: that is back-pressure, nothing is
 * dropped. An item heavier than the limit is taken once the queue is empty.
 */
export class BoundedQueue<T> implements AsyncIterable<T> {
  readonly #limit: number;
  readonly #weigh: (item: T) => number;
  readonly #items: T[] = [];
  #weight = 0;
  #closed = false;
  /** Called after anything changed; each waiter looks again. */
  #wake: (() => void)[] = [];

  constructor({ limit, weigh = () => 1 }: QueueBounds<T>) {
    this.#limit = limit;
    this.#weigh = weigh;
  }

  get size(): number {
    return this.#items.length;
  }

  /** What the items held weigh together. */
  get weight(): number {
    return this.#weight;
  }

  /** Adds when there is room. @returns false when the queue was closed instead, and the item is not in it */
  async push(item: T): Promise<boolean> {
    while (!this.#closed && !this.#hasRoom(item)) await this.#change();
    return this.tryPush(item);
  }

  /** Adds now or not at all. @returns whether the item is in */
  tryPush(item: T): boolean {
    if (this.#closed || !this.#hasRoom(item)) return false;
    this.#items.push(item);
    this.#weight += this.#weigh(item);
    this.#changed();
    return true;
  }

  /** Takes no more items; those held are still handed out. Idempotent. */
  close(): void {
    this.#closed = true;
    this.#changed();
  }

  /** Closes and forgets what is held. */
  clear(): void {
    this.#items.length = 0;
    this.#weight = 0;
    this.close();
  }

  /** Items until the queue is closed and empty. For one consumer. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for (;;) {
      while (this.#items.length > 0) {
        // Checked above; `shift` alone cannot tell an item `undefined` from none.
        const item = this.#items.shift() as T;
        this.#weight -= this.#weigh(item);
        this.#changed();
        yield item;
      }
      if (this.#closed) return;
      await this.#change();
    }
  }

  #hasRoom(item: T): boolean {
    return this.#items.length === 0 || this.#weight + this.#weigh(item) <= this.#limit;
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#wake.push(resolve));
  }

  #changed(): void {
    const waiting = this.#wake;
    this.#wake = [];
    for (const wake of waiting) wake();
  }
}
