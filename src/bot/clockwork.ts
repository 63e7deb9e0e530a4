import type { Happen } from '../flows/happen.ts';
import { nextWorkingMoment } from '../flows/working-hours.ts';
import type { PrismaClient } from '../store/generated/client.ts';

/** How many journeys one sweep looks at; the next sweep goes on. */
const batch = 200;

/**
 * Finds journeys whose moment has come and lets time act on them. The moment stands in the journey's own row, so it is
 * changed together with the state; two processes that sweep at once meet the journey's lock, and one of them finds
 * nothing left to do.
 */
export async function sweepTimers(
  prisma: PrismaClient,
  happen: Happen,
  at: number,
  defaultZone: string,
): Promise<number> {
  const due = await prisma.journey.findMany({
    where: { dueAt: { lte: new Date(at) } },
    orderBy: { dueAt: 'asc' },
    take: batch,
    select: { id: true, lock: true, person: { select: { timeZone: true } } },
  });
  for (const { id, lock, person } of due) {
    const moment = nextWorkingMoment(at, person.timeZone ?? defaultZone);
    // Found late, after a stop say: nobody is to be reminded at night because the server slept by day.
    if (moment > at)
      await prisma.journey.updateMany({ where: { id, lock }, data: { dueAt: new Date(moment) } });
    else await happen(id, { type: 'timer' }, { kind: 'timer' });
  }
  return due.length;
}
