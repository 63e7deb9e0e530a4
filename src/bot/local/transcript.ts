import type { Database } from '../../store/database.ts';
import { type Entry, type EntryBody, entryBody } from './entry.ts';

type Row = { id: string; conversationKey: string; author: 'bot' | 'you'; body: EntryBody; at: Date };

/** Adds a line to a conversation's log. A second one with the same id changes nothing. */
export async function append(db: Database, row: Row): Promise<void> {
  await db.prisma.localMessage.createMany({ data: [row], skipDuplicates: true });
}

/**
 * Keeps what the employee typed, or, where it was withheld, only that something was said. To be called after
 * screening, with the id of the incoming event, and before the answer is delivered: so the log keeps its order.
 */
export async function keepOwnWords(
  db: Database,
  incomingId: string,
  conversationKey: string,
  text: string | null,
  at: Date,
): Promise<void> {
  await append(db, { id: incomingId, conversationKey, author: 'you', body: { kind: 'said', text }, at });
}

/** The lines after `after`, in order. Whole conversation: `after` 0. */
export async function linesAfter(db: Database, conversationKey: string, after: number): Promise<Entry[]> {
  const rows = await db.prisma.localMessage.findMany({
    where: { conversationKey, seq: { gt: after } },
    orderBy: { seq: 'asc' },
  });
  return rows.map((row) => ({
    seq: Number(row.seq),
    id: row.id,
    at: row.at.toISOString(),
    body: entryBody.parse(row.body),
  }));
}

/** The number of the conversation's last line; 0 where it has none. */
export async function lastLine(db: Database, conversationKey: string): Promise<number> {
  const row = await db.prisma.localMessage.findFirst({
    where: { conversationKey },
    orderBy: { seq: 'desc' },
    select: { seq: true },
  });
  return Number(row?.seq ?? 0);
}

/** Whether a message stands in the conversation: posted, and not deleted since. */
export async function stands(db: Database, conversationKey: string, id: string): Promise<boolean> {
  const [posted, deleted] = await Promise.all([
    db.prisma.localMessage.findFirst({ where: { id, conversationKey }, select: { id: true } }),
    db.prisma.localMessage.findFirst({
      where: {
        conversationKey,
        body: { path: ['kind'], equals: 'delete' },
        AND: { body: { path: ['target'], equals: id } },
      },
      select: { id: true },
    }),
  ]);
  return posted !== null && deleted === null;
}
