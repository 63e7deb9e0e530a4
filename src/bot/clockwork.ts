import type { Happen } from '../flows/happen.ts';
import { nextWorkingMoment } from '../flows/working-hours.ts';
import type { PrismaClient } from '../store/generated/client.ts';

export interface TimerParts {
  prisma: PrismaClient;
  happen: Happen;
  clock: () => number;
  /** For people whose own time zone is not known. */
  zone: string;
  log: { error(details: object, message: string): void };
}

/** As many are read at once. */
const page = 200;

/**
 * Finds journeys whose moment has come and lets time act on them. The moment stands in the journey's own row, so it is
 * changed together with the state; two processes that sweep at once meet the journey's lock, and one of them finds
 * nothing left to do. A journey that fails is logged, comes again at the next sweep, and holds up no other.
 * @returns how many were found
 */
export async function sweepTimers(parts: TimerParts): Promise<number> {
  const { prisma, clock } = parts;
  const until = new Date(clock());
  let found = 0;
  let last: string | undefined;
  for (;;) {
    const due = await prisma.journey.findMany({
      where: { dueAt: { lte: until }, ...(last !== undefined && { id: { gt: last } }) },
      orderBy: { id: 'asc' },
      take: page,
      select: { id: true, lock: true, person: { select: { timeZone: true } } },
    });
    for (const { id, lock, person } of due) await strike(parts, id, lock, person.timeZone);
    found += due.length;
    last = due.at(-1)?.id;
    if (due.length < page) return found;
  }
}

async function strike(parts: TimerParts, id: string, lock: number, zone: string | null): Promise<void> {
  const { prisma, happen, clock, log } = parts;
  const at = clock();
  const moment = nextWorkingMoment(at, zone ?? parts.zone);
  try {
    // Found late, after a stop say: nobody is to be reminded at night because the server slept by day.
    if (moment > at)
      await prisma.journey.updateMany({ where: { id, lock }, data: { dueAt: new Date(moment) } });
    else await happen(id, { type: 'timer' }, { kind: 'timer' });
  } catch (error) {
    log.error({ err: error, journey: id }, 'a timer could not act on a journey');
  }
}
