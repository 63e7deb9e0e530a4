/** What can go wrong between the bot and Slack, on demand. */
export type Fault =
  /** `429` with `Retry-After`, in seconds. */
  | { kind: '429'; retryAfter: number }
  | { kind: 'status'; status: number }
  /** Slack's own `{ ok: false, error }`. */
  | { kind: 'error'; code: string }
  /** Done, but the connection is cut before the answer. */
  | { kind: 'cut-after' }
  /** The connection is cut and nothing was done. */
  | { kind: 'cut-before' }
  /** No answer for so long. */
  | { kind: 'slow'; ms: number };

export interface FaultOrder {
  method: string;
  fault: Fault;
  /** Only calls about this channel. */
  channel?: string;
  times: number;
}

export class Faults {
  readonly #orders: FaultOrder[] = [];

  order(
    method: string,
    fault: Fault,
    { channel, times = 1 }: { channel?: string; times?: number } = {},
  ): void {
    this.#orders.push({ method, fault, times, ...(channel !== undefined && { channel }) });
  }

  clear(): void {
    this.#orders.length = 0;
  }

  take(method: string, channel: string | undefined): Fault | undefined {
    const order = this.#orders.find(
      (o) => o.times > 0 && o.method === method && (o.channel === undefined || o.channel === channel),
    );
    if (!order) return undefined;
    order.times -= 1;
    return order.fault;
  }
}
