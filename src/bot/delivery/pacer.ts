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

  /** Takes this moment. What lies further back from `now` than any window reaches is forgotten, by and by. */
  book(key: string, moment: number, now: number): void {
    if (this.#windows.length === 0) return;
    const booked = this.#booked.get(key) ?? [];
    const half = booked.length >> 1;
    // By halves: thousands a minute would else be moved along with each that is booked.
    if (half > 16 && (booked[half] ?? now) <= now - this.#longest) booked.splice(0, half);
    insert(booked, moment);
    this.#booked.set(key, booked);
    if (this.#booked.size > 10_000) this.#forget(now - this.#longest);
  }

  /** What was to go at `moment` went late: the distance to the next one counts from then. */
  late(key: string, moment: number, went: number): void {
    const booked = this.#booked.get(key);
    const place = booked?.lastIndexOf(moment) ?? -1;
    if (!booked || place < 0 || went <= moment) return;
    booked.splice(place, 1);
    insert(booked, went);
  }

  #forget(before: number): void {
    for (const [key, times] of this.#booked) {
      if ((times.at(-1) ?? 0) <= before) this.#booked.delete(key);
    }
  }
}

/** Keeps the order; what is new mostly belongs to the end. */
function insert(sorted: number[], time: number): void {
  let place = sorted.length;
  while (place > 0 && (sorted[place - 1] ?? time) > time) place -= 1;
  sorted.splice(place, 0, time);
}

/** Limits of one provider: for each conversation, and for all of them together. */
export interface Pacers {
  conversation: Pacer;
  all: Pacer;
}

/** The first moment that both limits allow. */
export function nextMoment(pacers: Pacers, key: string, now: number): number {
  return pacers.all.next('all', pacers.conversation.next(key, now));
}

/** Books that moment. */
export function bookMoment(pacers: Pacers, key: string, now: number): number {
  const moment = nextMoment(pacers, key, now);
  pacers.conversation.book(key, moment, now);
  pacers.all.book('all', moment, now);
  return moment;
}

/**
 * A message departs, perhaps later than its moment. In its conversation the next one keeps its distance from now on;
 * among all conversations, moments that others hold already stay as they are, so there only the average is exact.
 */
export function depart(pacers: Pacers, key: string, moment: number, now: number): void {
  pacers.conversation.late(key, moment, now);
  pacers.all.late('all', moment, now);
}
