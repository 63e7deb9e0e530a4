import type { PrismaClient } from '../../store/generated/client.ts';
import { json } from '../../store/json.ts';
import * as links from './links.ts';
import * as say from './say.ts';
import { closing } from './turn.ts';

export interface LinkSweepParts {
  prisma: PrismaClient;
  clock: () => number;
  newId: () => string;
  /** Rows were added for these conversations. */
  wake(conversations: readonly string[]): void;
}

/**
 * Ends what nobody has answered in time: silence is a no. The messages say so, and codes are forgotten.
 * @returns how many were ended
 */
export async function sweepLinks(parts: LinkSweepParts): Promise<number> {
  const { prisma, clock, wake } = parts;
  const at = new Date(clock());
  const due = await prisma.link.findMany({
    where: { status: { in: ['open', 'claimed'] }, expiresAt: { lte: at } },
    take: 200,
  });
  for (const link of due) {
    const rows = await closing(parts, link, say.silent);
    const ended = await prisma.$transaction(async (tx) => {
      if (!(await links.change(tx, link, { status: 'void' }))) return false;
      await links.forgetCode(tx, link);
      await tx.outbox.createMany({
        data: rows.map((row) => ({ ...row, message: json(row.message), nextAt: at, createdAt: at })),
      });
      return true;
    });
    if (ended) wake(rows.map((row) => row.conversationId));
  }
  await prisma.linkGuess.deleteMany({ where: { at: { lte: new Date(at.getTime() - links.lifetime) } } });
  return due.length;
}
