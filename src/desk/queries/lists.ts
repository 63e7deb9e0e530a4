import type { Flow } from '../../flows/compiled.ts';
import type { Prisma, PrismaClient } from '../../store/generated/client.ts';
import { decodeCursor, encodeCursor, timeAndId } from '../cursor.ts';
import type { EscalationItem, JourneyDetail, JourneyItem, Status } from '../wire.ts';
import { describeCall, describeJourney, journeyInclude, titleOf } from './describe.ts';
import { inWords } from './words.ts';

export interface Reading {
  prisma: PrismaClient;
  flowOf: (flowId: string, version?: number) => Promise<Flow>;
  clock: () => Date;
}

const pageSize = 50;

export interface Filter {
  status?: Status | undefined;
  step?: string | undefined;
  q?: string | undefined;
  cursor?: string | undefined;
}

/** After the cursor's place, in ascending order of a time and then the id. */
function after(field: 'since' | 'openedAt', cursor: string | undefined) {
  if (cursor === undefined) return {};
  const [time, id] = decodeCursor(cursor, timeAndId);
  const at = new Date(time);
  return { OR: [{ [field]: { gt: at } }, { [field]: at, id: { gt: id } }] };
}

function pageOf<T>(rows: T[], place: (row: T) => [number, string]): { rows: T[]; next: string | null } {
  const last = rows.length > pageSize ? rows[pageSize - 1] : undefined;
  return { rows: rows.slice(0, pageSize), next: last ? encodeCursor(place(last)) : null };
}

/** Journeys, those longest in their status first. */
export async function listJourneys(
  reading: Reading,
  filter: Filter,
): Promise<{ items: JourneyItem[]; next: string | null }> {
  const where: Prisma.JourneyWhereInput = {
    ...(filter.status !== undefined && { status: filter.status }),
    ...(filter.step !== undefined && { step: filter.step }),
    ...(filter.q && { person: { displayName: { contains: filter.q, mode: 'insensitive' } } }),
    AND: [after('since', filter.cursor)],
  };
  const found = await reading.prisma.journey.findMany({
    where,
    orderBy: [{ since: 'asc' }, { id: 'asc' }],
    take: pageSize + 1,
    include: journeyInclude,
  });
  const { rows, next } = pageOf(found, (row) => [row.since.getTime(), row.id]);
  const at = reading.clock().getTime();
  const items = await Promise.all(
    rows.map(async (row) => describeJourney(row, await reading.flowOf(row.flowId), at)),
  );
  return { items, next };
}

/** Escalations that are not resolved, the oldest first. */
export async function listEscalations(
  reading: Reading,
  cursor?: string,
): Promise<{ items: EscalationItem[]; next: string | null }> {
  const found = await reading.prisma.escalation.findMany({
    where: { status: { not: 'resolved' }, AND: [after('openedAt', cursor)] },
    orderBy: [{ openedAt: 'asc' }, { id: 'asc' }],
    take: pageSize + 1,
    include: { journey: { include: journeyInclude } },
  });
  const { rows, next } = pageOf(found, (row) => [row.openedAt.getTime(), row.id]);
  const at = reading.clock().getTime();
  const items = await Promise.all(
    rows.map(async (row) => {
      const flow = await reading.flowOf(row.journey.flowId);
      return { ...describeCall(row, flow), journey: describeJourney(row.journey, flow, at) };
    }),
  );
  return { items, next };
}

/** One journey with its whole timeline, the latest first; null where there is none. */
export async function journeyDetail(
  reading: Reading,
  id: string,
): Promise<Omit<JourneyDetail, 'asOf'> | null> {
  const { prisma } = reading;
  const row = await prisma.journey.findUnique({ where: { id }, include: journeyInclude });
  if (!row) return null;
  const flow = await reading.flowOf(row.flowId);
  const [resolved, history] = await Promise.all([
    prisma.escalation.findMany({
      where: { journeyId: id, status: 'resolved' },
      orderBy: { openedAt: 'desc' },
    }),
    prisma.history.findMany({ where: { journeyId: id }, orderBy: { seq: 'desc' }, take: 500 }),
  ]);
  const ids = history.flatMap((h) => (h.contentId === null ? [] : [h.contentId]));
  const contents = await prisma.content.findMany({ where: { id: { in: ids } } });
  const textOf = new Map(contents.map((content) => [content.id, content.text]));
  const step = (stepId: string) => ({ id: stepId, title: titleOf(flow, stepId) });
  return {
    journey: describeJourney(row, flow, reading.clock().getTime()),
    resolved: resolved.map((call) => describeCall(call, flow)),
    history: {
      items: history.map((h) => ({
        seq: h.seq,
        at: h.at.toISOString(),
        actor: { kind: h.actor, id: h.actorId },
        type: h.type,
        text: inWords(flow, h),
        step: step(h.step),
        toStep: step(h.toStep),
        content: h.contentId === null ? null : (textOf.get(h.contentId) ?? '(erased)'),
      })),
      next: null,
    },
  };
}
