import type { Incoming, Receive } from './incoming.ts';

export interface PulseMetrics {
  eventReceived(channel: string, result: string): void;
  answered(channel: string, seconds: number): void;
}

/** What arrives later than this (ms) answers something else: a reminder, say. */
const longest = 5 * 60_000;

/** Measures how the bot answers: events that came in, and how long until the answer is with the channel. */
export class Pulse {
  readonly #metrics: PulseMetrics;
  readonly #now: () => number;
  /** When each conversation was last heard and not answered yet. */
  readonly #heard = new Map<string, number>();

  /** @param now milliseconds of a clock that only goes forward */
  constructor(metrics: PulseMetrics, now: () => number) {
    this.#metrics = metrics;
    this.#now = now;
  }

  /** The same way in, counted. */
  watch(receive: Receive): Receive {
    return async (incoming: Incoming) => {
      const { provider } = incoming.from;
      const key = keyOf(provider, incoming.conversation.key);
      this.#heard.set(key, this.#now());
      try {
        const result = await receive(incoming);
        this.#metrics.eventReceived(provider, result);
        return result;
      } catch (error) {
        this.#heard.delete(key);
        this.#metrics.eventReceived(provider, 'failed');
        throw error;
      }
    };
  }

  /** A message is with the channel. */
  arrived(place: { provider: string; key: string }): void {
    const key = keyOf(place.provider, place.key);
    const heard = this.#heard.get(key);
    if (heard === undefined) return;
    this.#heard.delete(key);
    const took = this.#now() - heard;
    if (took <= longest) this.#metrics.answered(place.provider, took / 1000);
  }
}

function keyOf(provider: string, conversation: string): string {
  return `${provider} ${conversation}`;
}
