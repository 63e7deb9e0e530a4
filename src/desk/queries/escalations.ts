import { z } from 'zod';
import { decodeCursor, encodeCursor, timeAndId } from '../cursor.ts';
import type { EscalationItem } from '../wire.ts';
import { describeCall, describeJourney, journeyInclude } from './describe.ts';
import { nowOf, type Page, pageSize, type Reading } from './reading.ts';

export const escalationStatus = z.enum(['open', 'claimed', 'resolved']);

export interface EscalationFilter {
  /** Absent: all that are not resolved. */
  status?: z.output<typeof escalationStatus> | undefined;
  urgent?: boolean | undefined;
  cursor?: string | undefined;
}

/** Calls for the help desk, the oldest first; the resolved ones the latest first. */
export async function listEscalations(
  reading: Reading,
  filter: EscalationFilter,
): Promise<Page<EscalationItem>> {
  const { prisma, flowOf } = reading;
  const direction = filter.status === 'resolved' ? 'desc' : 'asc';
  const found = await prisma.escalation.findMany({
    where: {
      status: filter.status ?? { in: ['open', 'claimed'] },
      ...(filter.urgent !== undefined && { priority: filter.urgent ? 'urgent' : { not: 'urgent' } }),
      ...(filter.cursor !== undefined && after(filter.cursor, direction)),
    },
    orderBy: [{ openedAt: direction }, { id: direction }],
    take: pageSize + 1,
    include: { journey: { include: journeyInclude } },
  });
  const shown = found.slice(0, pageSize);
  const now = await nowOf(reading);
  const items = shown.map(async (row) => {
    const flow = await flowOf(row.journey.flowId, row.journey.flowVersion);
    return { ...describeCall(row, flow), journey: describeJourney(row.journey, flow, now) };
  });
  const last = found.length > pageSize ? shown.at(-1) : undefined;
  return {
    items: await Promise.all(items),
    next: last ? encodeCursor([last.openedAt.getTime(), last.id]) : null,
  };
}

function after(cursor: string, direction: 'asc' | 'desc') {
  const [time, id] = decodeCursor(cursor, timeAndId);
  const openedAt = new Date(time);
  return direction === 'asc'
    ? { openedAt: { gte: openedAt }, NOT: { openedAt, id: { lte: id } } }
    : { openedAt: { lte: openedAt }, NOT: { openedAt, id: { gte: id } } };
}
