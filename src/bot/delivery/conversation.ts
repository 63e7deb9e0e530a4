import type { PrismaClient } from '../../store/generated/client.ts';
import { type Channel, type Delivery, DeliveryError } from '../channel.ts';
import { message } from '../message.ts';
import * as outbox from './outbox.ts';
import { bookMoment, depart, type Pacers } from './pacer.ts';
import { deadline, type Sent, send } from './send.ts';
import { verdict } from './verdict.ts';

export interface DeliveryParts {
  prisma: PrismaClient;
  /** By provider. */
  channels: ReadonlyMap<string, Channel>;
  pacers?: ReadonlyMap<string, Pacers>;
  /** Names this process among those on one database. */
  process: string;
  clock: () => number;
  random: () => number;
  /** A message is with the channel. */
  arrived?: (place: { provider: string; key: string }) => void;
  log: { warn(details: object, message: string): void; error(details: object, message: string): void };
}

export interface Marking {
  markSent: ReturnType<typeof outbox.sentMarker>;
}

/** How long (ms) a dead process can hold up its conversations; longer than a living one takes for a message. */
export const leaseFor = deadline + 15_000;

/** How long (ms) until one looks again whether another process is done here. */
const whileLeased = 500;

/** Delivers what waits in one conversation, in order. */
export class ConversationDelivery {
  readonly #parts: DeliveryParts & Marking;
  readonly #id: string;
  readonly #hints: Map<string, unknown>;
  readonly #stopped: () => boolean;
  /** The moment that the pacers gave to the next message. */
  #booked: number | undefined;

  constructor(
    parts: DeliveryParts & Marking,
    id: string,
    hints: Map<string, unknown>,
    stopped: () => boolean,
  ) {
    this.#parts = parts;
    this.#id = id;
    this.#hints = hints;
    this.#stopped = stopped;
  }

  /**
   * @param first what was taken already, with the commit
   * @returns after how many ms to come back; null: nothing waits here
   */
  async drain(first: outbox.Taken | null): Promise<number | null> {
    const { prisma, process } = this.#parts;
    let given = first;
    let freed = false;
    let held = first !== null;
    try {
      while (!this.#stopped()) {
        const taken = given ?? (await this.#take());
        given = null;
        held = taken !== null;
        if (!taken) return whileLeased;
        if (!taken.head) return null;
        const wait = this.#wait(taken.place, taken.head.nextAt.getTime());
        if (wait > 0) {
          if (taken.claim) await outbox.unclaim(prisma, taken.claim.id);
          return wait;
        }
        const claim = taken.claim ?? (await outbox.claimHead(prisma, taken.head.id));
        freed = claim !== null && (await this.#deliver(taken.place, claim));
        if (freed) return null;
      }
      return null;
    } finally {
      if (held && !freed) await outbox.release(prisma, this.#id, process);
    }
  }

  #take(): Promise<outbox.Taken | null> {
    const { prisma, process: by, clock, pacers } = this.#parts;
    const at = clock();
    return outbox.take(prisma, this.#id, { by, at, until: at + leaseFor }, [...(pacers?.keys() ?? [])]);
  }

  #wait(place: outbox.Place, due: number): number {
    const at = this.#parts.clock();
    if (due > at) return due - at;
    const pacers = this.#parts.pacers?.get(place.provider);
    if (!pacers) return 0;
    this.#booked ??= bookMoment(pacers, place.key, at);
    return this.#booked - at;
  }

  #depart(place: outbox.Place): void {
    const pacers = this.#parts.pacers?.get(place.provider);
    if (pacers && this.#booked !== undefined) depart(pacers, place.key, this.#booked, this.#parts.clock());
    this.#booked = undefined;
  }

  /** @returns whether the right to deliver here went with the last message */
  async #deliver(place: outbox.Place, claim: outbox.Claim): Promise<boolean> {
    const { prisma, clock, markSent } = this.#parts;
    if (claim.superseded) {
      await outbox.markDropped(prisma, claim.id, 'superseded');
      return false;
    }
    this.#depart(place);
    let sent: Sent;
    try {
      sent = await this.#send(place, claim);
    } catch (error) {
      await this.#failed(claim, error);
      return false;
    }
    this.#hints.delete(claim.id);
    this.#parts.arrived?.(place);
    if (sent.anew && claim.targetId) await outbox.moveRef(prisma, claim.targetId, sent.ref);
    if (place.unreachable) await outbox.markReachable(prisma, this.#id);
    return markSent({ id: claim.id, ref: sent.ref, at: clock() });
  }

  async #send(place: outbox.Place, claim: outbox.Claim): Promise<Sent> {
    const channel = this.#parts.channels.get(place.provider);
    if (!channel) throw new DeliveryError('unavailable', `The channel "${place.provider}" is switched off.`);
    const content = message.safeParse(claim.message);
    if (!content.success)
      throw new DeliveryError('refused', 'The stored message cannot be read.', { cause: content.error });
    const delivery: Delivery = {
      id: claim.id,
      conversation: { key: place.key, reference: place.reference },
      audience: place.audience,
      op: claim.op,
      ...(claim.op !== 'post' && { target: claim.ref }),
      message: content.data,
      ambiguous: claim.doubtful,
      ...(this.#hints.has(claim.id) && { hint: this.#hints.get(claim.id) }),
    };
    return send(channel, delivery);
  }

  async #failed(claim: outbox.Claim, error: unknown): Promise<void> {
    const { prisma, clock, random, log } = this.#parts;
    const end = verdict(error, claim.attempts, claim.doubtful, random());
    const details = { err: error, outbox: claim.id, conversation: this.#id, attempt: claim.attempts, ...end };
    if (end.what === 'later' && error instanceof DeliveryError)
      log.warn(details, 'a message was not delivered; it will be tried again');
    else log.error(details, 'a message was not delivered');
    if (end.what === 'unreachable') return outbox.markUnreachable(prisma, this.#id, end.problem);
    if (end.what === 'dropped') return outbox.markDropped(prisma, claim.id, end.fault);
    return outbox.markLater(prisma, claim.id, end.fault, end.doubtful, clock() + end.wait);
  }
}
