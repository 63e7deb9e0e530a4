import type { PrismaClient } from './generated/client.ts';

/** After how many days what is kept of people goes; null: never. */
export interface Retention {
  /** What was written, by people and to them. */
  messagesDays: number | null;
  /** The timeline of journeys that are over. */
  historyDays: number | null;
}

const day = 86_400_000;

/**
 * Erases what is older than it may be. The rows that others refer to stay, without words: a history entry keeps its
 * place, a message that was sent keeps the channel's reference, a journey its state.
 */
export async function sweepRetention(prisma: PrismaClient, keep: Retention, at: number): Promise<void> {
  if (keep.messagesDays !== null) await eraseMessages(prisma, new Date(at - keep.messagesDays * day), at);
  if (keep.historyDays !== null) await eraseHistory(prisma, new Date(at - keep.historyDays * day));
}

async function eraseMessages(prisma: PrismaClient, before: Date, at: number): Promise<void> {
  await prisma.content.updateMany({
    where: { at: { lt: before }, erasedAt: null },
    data: { text: null, erasedAt: new Date(at) },
  });
  await prisma.localMessage.deleteMany({ where: { at: { lt: before } } });
  await prisma.inbox.deleteMany({ where: { at: { lt: before } } });
  await prisma.outbox.updateMany({
    where: { createdAt: { lt: before }, status: { not: 'pending' }, NOT: { message: { equals: {} } } },
    data: { message: {} },
  });
}

async function eraseHistory(prisma: PrismaClient, before: Date): Promise<void> {
  const over = { closedAt: { lt: before } };
  const entries = await prisma.history.findMany({
    where: { journey: over, contentId: { not: null } },
    select: { contentId: true },
  });
  const contents = entries.flatMap(({ contentId }) => contentId ?? []);
  await prisma.$transaction([
    prisma.content.deleteMany({ where: { id: { in: contents } } }),
    prisma.history.deleteMany({ where: { journey: over } }),
    prisma.escalation.deleteMany({ where: { journey: over, status: 'resolved' } }),
  ]);
}
