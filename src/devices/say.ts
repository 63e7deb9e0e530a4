import { createHash } from 'node:crypto';
import type { Message } from '../bot/message.ts';
import type { PrismaClient } from '../store/generated/client.ts';
import type { Journal } from '../store/journal.ts';
import { json } from '../store/json.ts';

/**
 * Says something that no press caused: puts a message into the outbox of the journey's own conversation, once for
 * each id.
 * @param replaces the id of an earlier message that this one takes the place of
 */
export type Say = (journeyId: string, id: string, message: Message, replaces?: string) => Promise<void>;

export interface SayParts {
  prisma: PrismaClient;
  journal: Pick<Journal, 'loadJourney'>;
  clock: () => number;
  /** There is something to deliver in this conversation. */
  wake(conversations: readonly string[]): void;
}

/** Messages reach the employee where they spoke last, in order with what journeys say. */
export function createSay({ prisma, journal, clock, wake }: SayParts): Say {
  return async (journeyId, id, message, replaces) => {
    const snapshot = await journal.loadJourney(journeyId);
    if (!snapshot) return;
    const { id: conversationId } = snapshot.conversation;
    const at = new Date(clock());
    const row = {
      id,
      conversationId,
      op: replaces === undefined ? 'post' : 'edit',
      targetId: replaces ?? null,
      message: json(message),
      createdAt: at,
      nextAt: at,
    };
    await prisma.$transaction([
      prisma.outbox.createMany({ data: [row], skipDuplicates: true }),
      // What is said after the card pushes it up: the next one is posted anew.
      prisma.$executeRaw`UPDATE "Conversation" SET screen = screen || '{"touched":true}' WHERE id = ${conversationId}::uuid`,
    ]);
    wake([conversationId]);
  };
}

/** An id that follows from names, so that what is done twice is there once. In the form of a UUID. */
export function idFrom(...names: readonly string[]): string {
  const hex = createHash('sha256').update(names.join('\n')).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
