import type { Reading } from './reading.ts';

/** The help desk's own channels that take no posts at present, with the reason in words for staff. */
export async function channelTroubles({ prisma }: Pick<Reading, 'prisma'>): Promise<string[]> {
  const closed = await prisma.conversation.findMany({
    where: { audience: 'staff', status: 'unreachable' },
    select: { problem: true },
  });
  return closed.map(({ problem }) => problem ?? 'The channel refuses messages.');
}
