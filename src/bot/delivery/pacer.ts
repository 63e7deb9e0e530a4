/** At most `max` messages in any `per` milliseconds. */
export interface Window {
  per: number;
  max: number;
}

/** Keeps within a channel's own limits, for each key (a conversation, a tenant) apart. */
export class Pacer {
  readonly #windows: readonly Window[];
  readonly #sent = new Map<string, number[]>();

  constructor(windows: readonly Window[]) {
    this.#windows = windows;
  }

  /** Milliseconds until one more may be sent; 0: now. */
  delay(key: string, at: number): number {
    const sent = this.#sent.get(key) ?? [];
    const waits = this.#windows.map(({ per, max }) => {
      const oldest = sent.at(-max);
      return oldest === undefined ? 0 : oldest + per - at;
    });
    return Math.max(0, ...waits);
  }

  /** Counts one that is being sent. */
  count(key: string, at: number): void {
    const longest = Math.max(0, ...this.#windows.map((window) => window.per));
    const recent = (this.#sent.get(key) ?? []).filter((time) => time > at - longest);
    recent.push(at);
    this.#sent.set(key, recent);
    if (this.#sent.size > 10_000) this.#forget(at - longest);
  }

  #forget(before: number): void {
    for (const [key, times] of this.#sent) if ((times.at(-1) ?? 0) <= before) this.#sent.delete(key);
  }
}
