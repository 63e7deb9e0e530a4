/** At most `max` messages in any `per` milliseconds. */
export interface Window {
  per: number;
  max: number;
}

/**
 * Keeps within a channel's own limits, for each key (a conversation, a tenant) apart. Moments are booked ahead, so that
 * a thousand who wait are called one by one instead of all asking again at once. It knows this process only: several
 * processes on one channel need a share of its limits each.
 */
export class Pacer {
  readonly #windows: readonly Window[];
  readonly #longest: number;
  readonly #booked = new Map<string, number[]>();

  constructor(windows: readonly Window[]) {
    this.#windows = windows;
    this.#longest = Math.max(0, ...windows.map((window) => window.per));
  }

  /** The first moment, not before `from`, at which one more may be sent (ms since 1970). */
  next(key: string, from: number): number {
    const booked = this.#booked.get(key) ?? [];
    const frees = this.#windows.map(({ per, max }) => (booked.at(-max) ?? Number.NEGATIVE_INFINITY) + per);
    return Math.max(from, ...frees);
  }

  /** Takes this moment. */
  book(key: string, moment: number): void {
    if (this.#windows.length === 0) return;
    const booked = (this.#booked.get(key) ?? []).filter((time) => time > moment - this.#longest);
    booked.push(moment);
    booked.sort((a, b) => a - b);
    this.#booked.set(key, booked);
    if (this.#booked.size > 10_000) this.#forget(moment - this.#longest);
  }

  #forget(before: number): void {
    for (const [key, times] of this.#booked) {
      if ((times.at(-1) ?? 0) <= before) this.#booked.delete(key);
    }
  }
}

/** Limits of one provider: for each conversation, and for all of them together. */
export interface Pacers {
  conversation: Pacer;
  all: Pacer;
}

/** Books the first moment that both limits allow. */
export function bookMoment(pacers: Pacers, key: string, from: number): number {
  const moment = pacers.all.next('all', pacers.conversation.next(key, from));
  pacers.conversation.book(key, moment);
  pacers.all.book('all', moment);
  return moment;
}
