/** So much in so long, for each address; kept in this process only. */
export class Budget {
  readonly #most: number;
  readonly #window: number;
  readonly #now: () => number;
  readonly #spent = new Map<string, { count: number; until: number }>();

  /** @param window milliseconds from an address's first spending until it may spend anew */
  constructor(most: number, window: number, now: () => number) {
    this.#most = most;
    this.#window = window;
    this.#now = now;
  }

  isSpent(address: string): boolean {
    const entry = this.#spent.get(address);
    return entry !== undefined && entry.until > this.#now() && entry.count >= this.#most;
  }

  spend(address: string): void {
    const at = this.#now();
    if (this.#spent.size > 10_000) this.#forgetOld(at);
    const entry = this.#spent.get(address);
    if (entry && entry.until > at) entry.count += 1;
    else this.#spent.set(address, { count: 1, until: at + this.#window });
  }

  #forgetOld(at: number): void {
    for (const [address, { until }] of this.#spent) if (until <= at) this.#spent.delete(address);
  }
}
