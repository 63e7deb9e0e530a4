import type { PrismaClient } from '../../store/generated/client.ts';
import { type Channel, DeliveryError } from '../channel.ts';
import * as outbox from './outbox.ts';
import type { Pacer } from './pacer.ts';

export interface DelivererParts {
  prisma: PrismaClient;
  channels: ReadonlyMap<string, Channel>;
  /** Limits of a provider: for each conversation, and for all of them together. */
  pacers?: ReadonlyMap<string, { conversation: Pacer; all: Pacer }>;
  /** Names this process among those on one database. */
  process: string;
  clock: () => number;
  random: () => number;
  log: { warn(details: object, message: string): void; error(details: object, message: string): void };
}

/** Longer than a channel may take to answer; a dead process holds up its conversations no longer than this. */
const leaseFor = 20_000;
const firstBackOff = 1_000;
const longestBackOff = 5 * 60_000;

/**
 * Delivers what was committed, in order in each conversation, one process at a time there. Sending is at least once:
 * a message can double only when a process dies between the channel's acceptance and the note of it, or when the
 * channel gives no answer; then the channel is told (`ambiguous`) and looks before it posts again.
 */
export class Deliverer {
  readonly #parts: DelivererParts;
  readonly #busy = new Map<string, Promise<void>>();
  readonly #again = new Set<string>();
  readonly #hints = new Map<string, unknown>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  #stopped = false;

  constructor(parts: DelivererParts) {
    this.#parts = parts;
  }

  /** Something was committed for these conversations. */
  wake(conversations: Iterable<string>, hints: ReadonlyMap<string, unknown> = new Map()): void {
    for (const [id, hint] of hints) this.#hints.set(id, hint);
    for (const id of conversations) this.#start(id);
  }

  /** The safety net: after a restart, an expired lease, a back-off. */
  async sweep(): Promise<void> {
    const { prisma, clock } = this.#parts;
    this.wake(await outbox.waitingConversations(prisma, new Date(clock())));
  }

  /** Resolves once everything that may go now has gone. */
  async idle(): Promise<void> {
    while (this.#busy.size > 0) await Promise.all(this.#busy.values());
  }

  /** Finishes what is in hand. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const timer of this.#timers.values()) clearTimeout(timer);
    await this.idle();
  }

  #start(id: string): void {
    if (this.#stopped) return;
    if (this.#busy.has(id)) {
      this.#again.add(id);
      return;
    }
    const run = this.#drain(id)
      .catch((error: unknown) =>
        this.#parts.log.error({ err: error, conversation: id }, 'delivery failed; the sweep will try again'),
      )
      .finally(() => {
        this.#busy.delete(id);
        if (this.#again.delete(id)) this.#start(id);
      });
    this.#busy.set(id, run);
  }

  async #drain(id: string): Promise<void> {
    const { prisma, process, clock } = this.#parts;
    let leased = clock();
    let place = await outbox.lease(prisma, id, process, new Date(leased), new Date(leased + leaseFor));
    if (!place) return;
    try {
      while (!this.#stopped) {
        if (clock() - leased > leaseFor / 2) {
          leased = clock();
          place = await outbox.lease(prisma, id, process, new Date(leased), new Date(leased + leaseFor));
          if (!place) return;
        }
        const due = await outbox.headDue(prisma, id);
        if (due === null) return;
        const wait = Math.max(due.getTime() - clock(), this.#pace(place));
        if (wait > 0) return this.#later(id, wait);
        await this.#deliverHead(id, place);
      }
    } finally {
      await outbox.release(prisma, id, process);
    }
  }

  #pace(place: outbox.Place): number {
    const pacers = this.#parts.pacers?.get(place.provider);
    const at = this.#parts.clock();
    return pacers ? Math.max(pacers.conversation.delay(place.key, at), pacers.all.delay('all', at)) : 0;
  }

  #later(id: string, wait: number): void {
    clearTimeout(this.#timers.get(id));
    const timer = setTimeout(() => {
      this.#timers.delete(id);
      this.#start(id);
    }, wait);
    timer.unref();
    this.#timers.set(id, timer);
  }

  async #deliverHead(conversationId: string, place: outbox.Place): Promise<void> {
    const { prisma, channels, clock } = this.#parts;
    const row = await outbox.claimHead(prisma, conversationId);
    if (!row) return;
    const channel = channels.get(place.provider);
    if (!channel) return outbox.markDropped(prisma, row.id, 'channel-off');
    try {
      const { ref } = await this.#send(channel, place, row);
      await outbox.markSent(prisma, row.id, ref, new Date(clock()));
    } catch (error) {
      if (!(error instanceof DeliveryError)) throw error;
      await this.#failed(conversationId, row, error);
    } finally {
      this.#hints.delete(row.id);
    }
  }

  async #send(channel: Channel, place: outbox.Place, row: outbox.Claimed) {
    const at = this.#parts.clock();
    const pacers = this.#parts.pacers?.get(place.provider);
    pacers?.conversation.count(place.key, at);
    pacers?.all.count('all', at);
    const edits = row.op !== 'post' && row.ref !== null && row.ref !== undefined;
    const delivery = {
      id: row.id,
      conversation: { key: place.key, reference: place.reference },
      audience: place.audience,
      op: edits ? row.op : ('post' as const),
      ...(edits && { target: row.ref }),
      message: row.message,
      // An earlier attempt that left no fault ended with this process, perhaps after it had arrived.
      ambiguous: row.ambiguous || (row.attempts > 1 && row.fault === null),
      ...(this.#hints.has(row.id) && { hint: this.#hints.get(row.id) }),
    };
    try {
      return await channel.deliver(delivery);
    } catch (error) {
      if (!(error instanceof DeliveryError) || error.code !== 'target-gone' || row.op === 'delete')
        throw error;
      const { target: _gone, ...anew } = { target: undefined, ...delivery };
      return channel.deliver({ ...anew, op: 'post' });
    }
  }

  async #failed(conversationId: string, row: outbox.Claimed, error: DeliveryError): Promise<void> {
    const { prisma, clock, random, log } = this.#parts;
    log.warn(
      { err: error, outbox: row.id, code: error.code, attempt: row.attempts },
      'a message was not delivered',
    );
    if (error.code === 'conversation-gone')
      return outbox.markUnreachable(prisma, conversationId, error.message);
    if (error.code === 'refused' || error.code === 'target-gone')
      return outbox.markDropped(prisma, row.id, error.code);
    const backOff = Math.min(longestBackOff, firstBackOff * 2 ** Math.min(row.attempts - 1, 12));
    const wait = error.retryAfter ?? backOff * (0.5 + random() / 2);
    const next = new Date(clock() + wait);
    await outbox.markLater(prisma, row.id, error.code, error.code === 'ambiguous', next);
  }
}
