import { ConversationDelivery, type DeliveryParts, leaseFor, type Marking } from './conversation.ts';
import * as outbox from './outbox.ts';
import { nextMoment } from './pacer.ts';

export type DelivererParts = DeliveryParts;

export type ExpressPlace = Pick<outbox.Place, 'provider' | 'key' | 'reference'> & { id: string };

/** A message to an employee that was taken for delivery with its commit. */
export interface Express {
  conversation: ExpressPlace;
  at: Date;
  row: { id: string; op: outbox.Claim['op']; targetId: string | null; message: unknown };
  /** The channel's reference to the message that is edited or deleted. */
  targetRef: unknown;
}

function takenWith({ conversation, at, row, targetRef }: Express): outbox.Taken {
  const { provider, key, reference } = conversation;
  return {
    place: { provider, key, reference, audience: 'employee', unreachable: false },
    head: { id: row.id, nextAt: at },
    claim: { ...row, ref: targetRef, attempts: 1, doubtful: false, superseded: false },
  };
}

/** As many conversations are asked for what waits there at once; the database is left free for those who speak. */
const mostAsked = 32;

/** As many more are served whose message was taken with its commit, which asks the database for nothing. */
const mostTaken = 500;

/** Hints of messages that another process delivered are forgotten, the oldest first. */
const mostHints = 1000;

/** How long (ms) after a failure of our own (the database, say) a conversation is looked at again. */
const afterFailure = 5_000;

/**
 * Delivers what was committed: at once after the commit, in order in each conversation, one process at a time there.
 * Sending is at least once; the window in which a message can double is named in `outbox.ts`.
 */
export class Deliverer {
  readonly #parts: DeliveryParts & Marking;
  readonly #conversations = new Map<string, ConversationDelivery>();
  readonly #busy = new Map<string, Promise<void>>();
  readonly #queued = new Set<string>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #hints = new Map<string, unknown>();
  readonly #taken = new Map<string, outbox.Taken>();
  /** How many of the busy ones are asked for what waits. */
  #asking = 0;
  #stopped = false;

  constructor(parts: DelivererParts) {
    this.#parts = { ...parts, markSent: outbox.sentMarker(parts.prisma, parts.process) };
  }

  /**
   * Something was committed for these conversations.
   * @param hints what the channel may use to serve a message faster, by outbox id; kept in memory only
   * @param taken a message that was taken with the commit
   */
  wake(
    conversations: Iterable<string>,
    hints: ReadonlyMap<string, unknown> = new Map(),
    taken: Express | null = null,
  ): void {
    if (taken) this.#taken.set(taken.conversation.id, takenWith(taken));
    for (const [id, hint] of hints) this.#hints.set(id, hint);
    for (const id of this.#hints.keys()) {
      if (this.#hints.size <= mostHints) break;
      this.#hints.delete(id);
    }
    for (const id of conversations) this.#queue(id);
  }

  /**
   * Whether a message could go to this conversation at this very moment; then the commit may take it along, which
   * saves two questions to the database.
   * @returns who takes it, and until when; null: it goes the ordinary way
   */
  ready({ id, provider, key }: ExpressPlace): { by: string; until: Date } | null {
    const { clock, pacers, process: by } = this.#parts;
    if (this.#stopped || this.#conversations.has(id) || this.#busy.size >= mostAsked + mostTaken) return null;
    const at = clock();
    const limits = pacers?.get(provider);
    return limits && nextMoment(limits, key, at) > at ? null : { by, until: new Date(at + leaseFor) };
  }

  /** The safety net: after a restart, an expired lease, a back-off. */
  async sweep(): Promise<void> {
    this.wake(await outbox.waitingConversations(this.#parts.prisma, this.#parts.clock()));
  }

  /** Resolves once everything that may go now has gone. */
  async idle(): Promise<void> {
    while (this.#busy.size > 0) await Promise.all(this.#busy.values());
  }

  /**
   * Finishes what is in hand, but not for ever: a message whose channel does not answer within `patience` (ms) stays
   * in the outbox as one that may have arrived.
   */
  async stop(patience = 10_000): Promise<void> {
    this.#stopped = true;
    this.#queued.clear();
    for (const timer of this.#timers.values()) clearTimeout(timer);
    let late: NodeJS.Timeout | undefined;
    const given = new Promise<void>((resolve) => {
      late = setTimeout(resolve, patience);
    });
    await Promise.race([this.idle(), given]);
    clearTimeout(late);
  }

  #queue(id: string): void {
    if (this.#stopped) return;
    if (this.#taken.has(id) && !this.#busy.has(id)) return this.#begin(id);
    this.#queued.add(id);
    this.#next();
  }

  #next(): void {
    for (const id of this.#queued) {
      if (this.#asking >= mostAsked) return;
      if (!this.#busy.has(id)) this.#begin(id);
    }
  }

  #begin(id: string): void {
    this.#queued.delete(id);
    this.#busy.set(id, this.#serve(id));
  }

  async #serve(id: string): Promise<void> {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
    const known = this.#conversations.get(id);
    const conversation = known ?? new ConversationDelivery(this.#parts, id, this.#hints, () => this.#stopped);
    this.#conversations.set(id, conversation);
    let wait: number | null = afterFailure;
    const taken = this.#taken.get(id) ?? null;
    this.#taken.delete(id);
    if (!taken) this.#asking += 1;
    try {
      wait = await conversation.drain(taken);
    } catch (error) {
      this.#parts.log.error({ err: error, conversation: id }, 'delivery failed; it will be tried again');
    }
    if (!taken) this.#asking -= 1;
    this.#busy.delete(id);
    if (wait === null) this.#conversations.delete(id);
    else this.#later(id, wait);
    this.#next();
  }

  #later(id: string, wait: number): void {
    if (this.#stopped) return;
    const timer = setTimeout(() => this.#queue(id), wait);
    timer.unref();
    this.#timers.set(id, timer);
  }
}
