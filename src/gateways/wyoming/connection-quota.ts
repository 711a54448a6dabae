/** Counts connections, in total and per address. */
export class ConnectionQuota {
  readonly #total: number;
  readonly #perAddress: number;
  readonly #open = new Map<string, number>();
  #count = 0;

  constructor({ total, perAddress }: { total: number; perAddress: number }) {
    this.#total = total;
    this.#perAddress = perAddress;
  }

  /** @returns a function that gives the place back, or undefined when none is free */
  take(address: string): (() => void) | undefined {
    const own = this.#open.get(address) ?? 0;
    if (this.#count >= this.#total || own >= this.#perAddress) return undefined;
    this.#count += 1;
    this.#open.set(address, own + 1);
    let taken = true;
    return () => {
      if (!taken) return;
      taken = false;
      this.#count -= 1;
      const left = (this.#open.get(address) ?? 1) - 1;
      if (left === 0) this.#open.delete(address);
      else this.#open.set(address, left);
    };
  }
}
