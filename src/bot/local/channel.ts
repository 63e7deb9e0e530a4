import type { Database } from '../../store/database.ts';
import { type Channel, type Delivered, type Delivery, DeliveryError } from '../channel.ts';
import type { Bell } from './bell.ts';
import { type EntryBody, messageRef } from './entry.ts';
import { append, keepOwnWords, stands } from './transcript.ts';

export interface LocalChannelParts {
  database: Database;
  clock: () => Date;
  bell: Bell;
  /** A staff post was delivered: the desk's live view may want to look. */
  onStaffPost?: (delivery: Delivery) => void;
}

export interface LocalChannel extends Channel {
  /** Keeps what the employee typed (null: withheld) and shows it; see `transcript.ts`. */
  keepOwnWords(incomingId: string, conversationKey: string, text: string | null, at: Date): Promise<void>;
}

/** The browser chat as a channel: a delivery is one line in the conversation's log, named by its outbox id. */
export function localChannel({ database, clock, bell, onStaffPost }: LocalChannelParts): LocalChannel {
  async function toEmployee(delivery: Delivery): Promise<Delivered> {
    const { key } = delivery.conversation;
    const target = delivery.op === 'post' ? delivery.id : targetOf(delivery);
    if (delivery.op === 'edit' && !(await stands(database, key, target)))
      throw new DeliveryError('target-gone', `The message ${target} is not in this conversation any more.`);
    await append(database, {
      id: delivery.id,
      conversationKey: key,
      author: 'bot',
      body: bodyOf(delivery, target),
      at: clock(),
    });
    bell.ring(key);
    return { ref: { id: target } };
  }

  return {
    provider: 'local',
    /** Staff posts are kept by the outbox and shown by the desk. */
    staffConversation: { key: 'staff/desk', reference: {} },
    async deliver(delivery) {
      if (delivery.audience === 'staff') {
        onStaffPost?.(delivery);
        return { ref: { id: delivery.id } };
      }
      try {
        return await toEmployee(delivery);
      } catch (cause) {
        if (cause instanceof DeliveryError) throw cause;
        throw new DeliveryError('unavailable', 'The browser chat could not write its log.', { cause });
      }
    },
    /** Whoever opens the chat page plays an employee. */
    isStaff: async () => false,
    async keepOwnWords(incomingId, conversationKey, text, at) {
      await keepOwnWords(database, incomingId, conversationKey, text, at);
      bell.ring(conversationKey);
    },
  };
}

function targetOf(delivery: Delivery): string {
  const ref = messageRef.safeParse(delivery.target);
  if (ref.success) return ref.data.id;
  throw new DeliveryError('target-gone', 'The message to change is not named.', { cause: ref.error });
}

function bodyOf({ op, message }: Delivery, target: string): EntryBody {
  switch (op) {
    case 'post':
      return { kind: 'post', message };
    case 'edit':
      return { kind: 'edit', target, message };
    case 'delete':
      return { kind: 'delete', target };
  }
}
