import { z } from 'zod';
import { urgentWithin } from '../../flows/journey/time.ts';
import { Prisma } from '../../store/generated/client.ts';
import { decodeCursor, encodeCursor, type TimeAndId, timeAndId } from '../cursor.ts';
import type { JourneyItem, Status } from '../wire.ts';
import { describeJourney, journeyInclude } from './describe.ts';
import { nowOf, type Page, pageSize, type Reading } from './reading.ts';

export interface Filter {
  status?: Status | undefined;
  step?: string | undefined;
  /** Part of a name or of a channel's id, or a journey's whole id. */
  q?: string | undefined;
  urgent?: boolean | undefined;
  cursor?: string | undefined;
}

const places = z.array(z.object({ id: z.uuid(), since: z.date() }));

/**
 * Journeys, page by page. Of one status: those longest in it first, the done ones the latest first. Of all: by id, so
 * that none is missed when its status changes between two pages.
 */
export async function listJourneys(reading: Reading, filter: Filter): Promise<Page<JourneyItem>> {
  const { prisma, flowOf } = reading;
  const now = await nowOf(reading);
  const found = places.parse(await prisma.$queryRaw(journeysSql(filter, now.at)));
  const shown = found.slice(0, pageSize);
  const rows = await prisma.journey.findMany({
    where: { id: { in: shown.map(({ id }) => id) } },
    include: journeyInclude,
  });
  const byId = new Map(rows.map((row) => [row.id, row]));
  const items = shown
    .flatMap(({ id }) => byId.get(id) ?? [])
    .map(async (row) => {
      return describeJourney(row, await flowOf(row.flowId, row.flowVersion), now);
    });
  const last = found.length > pageSize ? shown.at(-1) : undefined;
  return {
    items: await Promise.all(items),
    next: last ? encodeCursor([last.since.getTime(), last.id]) : null,
  };
}

/** One page of ids, and one more to know whether there is a next. Stays on an index for each status. */
export function journeysSql(filter: Filter, at: number): Prisma.Sql {
  const cursor = filter.cursor === undefined ? null : decodeCursor(filter.cursor, timeAndId);
  const conditions = [
    filter.status === undefined ? Prisma.sql`j.status <> 'merged'` : Prisma.sql`j.status = ${filter.status}`,
    ...(filter.step === undefined ? [] : [Prisma.sql`j.step = ${filter.step}`]),
    ...(cursor === null ? [] : [after(cursor, filter.status)]),
    ...(filter.q ? [matches(filter.q)] : []),
    ...(filter.urgent === undefined ? [] : [urgency(filter.urgent, at)]),
  ];
  const where = Prisma.sql`WHERE ${Prisma.join(conditions, ' AND ')}`;
  return Prisma.sql`
    SELECT j.id, j.since FROM "Journey" j JOIN "Person" p ON p.id = j."personId"
    ${where} ORDER BY ${order(filter.status)} LIMIT ${pageSize + 1}`;
}

function order(status: Status | undefined): Prisma.Sql {
  if (status === undefined) return Prisma.sql`j.id`;
  return status === 'done' ? Prisma.sql`j.since DESC, j.id DESC` : Prisma.sql`j.since, j.id`;
}

/** Compared as a row, the index leads straight to the place. */
function after([since, id]: TimeAndId, status: Status | undefined): Prisma.Sql {
  if (status === undefined) return Prisma.sql`j.id > ${id}::uuid`;
  const place = Prisma.sql`(${new Date(since)}::timestamptz, ${id}::uuid)`;
  return status === 'done' ? Prisma.sql`(j.since, j.id) < ${place}` : Prisma.sql`(j.since, j.id) > ${place}`;
}

function matches(q: string): Prisma.Sql {
  const like = `%${q.replace(/[\\%_]/g, '\\$&')}%`;
  return Prisma.sql`(p."displayName" ILIKE ${like} OR j.id::text = ${q.toLowerCase()} OR EXISTS (
    SELECT FROM "Identity" i WHERE i."personId" = p.id AND i."externalId" ILIKE ${like}))`;
}

/** The same as `describe.ts` says of one journey. */
function urgency(urgent: boolean, at: number): Prisma.Sql {
  const is = Prisma.sql`(coalesce(j."deadlineAt" <= ${new Date(at + urgentWithin)}::timestamptz, false) OR EXISTS (
    SELECT FROM "Escalation" e WHERE e."journeyId" = j.id AND e.status <> 'resolved' AND e.priority = 'urgent'))`;
  return urgent ? is : Prisma.sql`NOT ${is}`;
}
