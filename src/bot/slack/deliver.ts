import type { webApi } from '@slack/bolt';
import { z } from 'zod';
import { type Delivered, type Delivery, DeliveryError } from '../channel.ts';
import { faultsOf } from './check.ts';
import { deliveryFault, slackCode } from './faults.ts';
import { Hint } from './hint.ts';
import { findParts, mark } from './history.ts';
import type { Log } from './parts.ts';
import type { Pictures } from './pictures.ts';
import type { Place, Places } from './places.ts';
import { type Rendered, render } from './render.ts';
import type { Respond } from './response-url.ts';

/** A posted message: its outbox id, where it is, and the `ts` of each of its parts; most have one. */
const messageRef = z.object({ id: z.string(), channel: z.string(), parts: z.array(z.string()).min(1) });
type MessageRef = z.output<typeof messageRef>;

export interface DelivererParts {
  client: webApi.WebClient;
  places: Places;
  pictures: Pictures;
  respond: Respond;
  clock: () => Date;
  log: Log;
}

/** Brings messages to Slack. Every failure is a `DeliveryError`; what was half sent is `ambiguous`. */
export class Deliverer {
  readonly #parts: DelivererParts;

  constructor(parts: DelivererParts) {
    this.#parts = parts;
  }

  /** @throws {DeliveryError} */
  async deliver(delivery: Delivery): Promise<Delivered> {
    try {
      return { ref: await this.#perform(delivery) };
    } catch (error) {
      const fault = deliveryFault(error);
      throw delivery.ambiguous && delivery.op === 'post' ? stillAmbiguous(fault) : fault;
    }
  }

  async #perform(delivery: Delivery): Promise<MessageRef> {
    if (delivery.op === 'delete') return this.#delete(target(delivery));
    const parts = await this.#rendered(delivery);
    if (delivery.op === 'post') return this.#post(delivery, parts);
    return this.#edit(delivery, target(delivery), parts);
  }

  async #rendered({ message }: Delivery): Promise<Rendered[]> {
    const shown = message.picture ? await this.#parts.pictures.shown(message.picture.file) : null;
    const parts = render(message, shown);
    const faults = parts.flatMap((part) => faultsOf(part.blocks, 'message'));
    if (faults.length > 0)
      throw new DeliveryError('refused', `The message breaks Slack's limits: ${faults.join('; ')}`);
    return parts;
  }

  async #post(delivery: Delivery, parts: Rendered[]): Promise<MessageRef> {
    const place = await this.#parts.places.of(delivery);
    const thread = threadOf(delivery, place);
    const sent = delivery.ambiguous
      ? await this.#find(delivery.id, place.channel, thread)
      : new Map<number, string>();
    for (const [n, part] of parts.entries()) {
      if (!sent.has(n))
        sent.set(n, await this.#postPart(delivery, delivery.id, place, thread, part, n, sent.size > 0));
    }
    return { id: delivery.id, channel: place.channel, parts: parts.map((_, n) => sent.get(n) ?? '') };
  }

  /** The parts that did arrive. A reply that is seen outside its thread too is found there. */
  #find(id: string, channel: string, thread: Thread): Promise<Map<number, string>> {
    const inThread = thread && !thread.reply_broadcast ? thread.thread_ts : undefined;
    return findParts(this.#parts.client, channel, id, inThread);
  }

  async #postPart(
    delivery: Delivery,
    id: string,
    place: Place,
    thread: Thread,
    part: Rendered,
    n: number,
    begun: boolean,
  ): Promise<string> {
    const post = ({ text, blocks }: Rendered) =>
      this.#parts.client.chat.postMessage({
        channel: place.channel,
        text,
        blocks,
        metadata: mark(id, n),
        unfurl_links: false,
        unfurl_media: false,
        ...threadArguments(thread),
      });
    try {
      const answer = await this.#withoutPicture(part, delivery, n, post);
      return z.string().parse(answer.ts);
    } catch (error) {
      const fault = deliveryFault(error);
      this.#parts.places.forget(place, fault);
      throw begun ? stillAmbiguous(fault) : fault;
    }
  }

  /** Slack refuses a whole message for a picture that it cannot fetch; then its words must do. */
  async #withoutPicture<T>(
    part: Rendered,
    { message }: Delivery,
    n: number,
    send: (part: Rendered) => Promise<T>,
  ): Promise<T> {
    try {
      return await send(part);
    } catch (error) {
      const bare = render(message, null)[n];
      if (slackCode(error) !== 'invalid_blocks' || !part.blocks.some((b) => b.type === 'image') || !bare)
        throw error;
      this.#parts.log.warn(
        { err: error },
        'Slack refused a message with its picture; it is sent with its words.',
      );
      return await send(bare);
    }
  }

  async #edit(delivery: Delivery, ref: MessageRef, parts: Rendered[]): Promise<MessageRef> {
    const kept: string[] = [];
    for (const [n, part] of parts.entries()) {
      const ts = ref.parts[n];
      if (ts === undefined) kept.push(await this.#furtherPart(delivery, ref, part, n));
      else {
        await this.#update(delivery, ref.channel, ts, part, n);
        kept.push(ts);
      }
    }
    const surplus = ref.parts.slice(parts.length);
    if (surplus.length > 0) await this.#delete({ ...ref, parts: surplus });
    return { ...ref, parts: kept };
  }

  /** An edit may make a message longer: what it needs more of is posted, unless an earlier edit did. */
  async #furtherPart(delivery: Delivery, ref: MessageRef, part: Rendered, n: number): Promise<string> {
    const sent = await this.#find(ref.id, ref.channel, undefined);
    return (
      sent.get(n) ??
      (await this.#postPart(delivery, ref.id, { channel: ref.channel }, undefined, part, n, false))
    );
  }

  /** Through the answer to the press where there is one: `chat.update` is scarce. Doing both changes nothing. */
  async #update(delivery: Delivery, channel: string, ts: string, part: Rendered, n: number): Promise<void> {
    const { hint } = delivery;
    const url = hint instanceof Hint ? hint.takeResponseUrl(ts, this.#parts.clock().getTime()) : null;
    if (url !== null) {
      try {
        return await this.#parts.respond(url, { ...part, replace_original: true });
      } catch (error) {
        this.#parts.log.info(
          { err: error },
          'The answer to a press was not taken; the message is edited the ordinary way.',
        );
      }
    }
    await this.#withoutPicture(part, delivery, n, ({ text, blocks }) =>
      this.#parts.client.chat.update({ channel, ts, text, blocks }),
    );
  }

  async #delete(ref: MessageRef): Promise<MessageRef> {
    for (const ts of ref.parts) {
      try {
        await this.#parts.client.chat.delete({ channel: ref.channel, ts });
      } catch (error) {
        if (slackCode(error) !== 'message_not_found') throw error;
      }
    }
    return ref;
  }
}

type Thread = { thread_ts: string; reply_broadcast: boolean } | undefined;

/** A post with a target is a reply below it. One who writes in a thread is answered there, and seen outside it too. */
function threadOf({ target, hint, conversation }: Delivery, place: Place): Thread {
  const below = messageRef.safeParse(target);
  if (below.success && below.data.channel === place.channel) {
    const [parent] = below.data.parts;
    if (parent !== undefined) return { thread_ts: parent, reply_broadcast: false };
  }
  if (!(hint instanceof Hint) || hint.conversation !== conversation.key || hint.thread === undefined)
    return undefined;
  return { thread_ts: hint.thread, reply_broadcast: true };
}

function threadArguments(
  thread: Thread,
): { thread_ts: string } | { thread_ts: string; reply_broadcast: true } | object {
  if (!thread) return {};
  const { thread_ts } = thread;
  return thread.reply_broadcast ? { thread_ts, reply_broadcast: true } : { thread_ts };
}

function target({ target }: Delivery): MessageRef {
  const ref = messageRef.safeParse(target);
  if (ref.success) return ref.data;
  throw new DeliveryError('target-gone', 'The message to change is not known.', { cause: ref.error });
}

/** Something may have been sent: until the history could be read, only looking again can tell. */
function stillAmbiguous(fault: DeliveryError): DeliveryError {
  if (fault.code !== 'rate-limited' && fault.code !== 'unavailable') return fault;
  const retryAfter = fault.retryAfter === undefined ? {} : { retryAfter: fault.retryAfter };
  return new DeliveryError('ambiguous', fault.message, { ...retryAfter, cause: fault });
}
