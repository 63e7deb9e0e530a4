import { z } from 'zod';
import type { Flow } from '../../flows/compiled.ts';
import type { History } from '../../store/generated/client.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import type { Happening, JourneyDetail } from '../wire.ts';
import { describeCall, describeJourney, journeyInclude, titleOf } from './describe.ts';
import { nowOf, type Page, type Reading } from './reading.ts';
import { inWords } from './words.ts';

const historyPage = 200;
const sequence = z.tuple([z.number().int()]);

/** One journey with its timeline, the latest first, as many pages as it takes; null where there is no such journey. */
export async function journeyDetail(
  reading: Reading,
  id: string,
  cursor?: string,
): Promise<Omit<JourneyDetail, 'asOf' | 'computer'> | null> {
  const { prisma, flowOf } = reading;
  const row = await prisma.journey.findUnique({ where: { id }, include: journeyInclude });
  if (!row) return null;
  const flow = await flowOf(row.flowId, row.flowVersion);
  const resolved = await prisma.escalation.findMany({
    where: { journeyId: id, status: 'resolved' },
    orderBy: { openedAt: 'desc' },
  });
  return {
    journey: describeJourney(row, flow, await nowOf(reading)),
    resolved: resolved.map((call) => describeCall(call, flow)),
    history: await timeline(reading, id, flow, cursor),
  };
}

async function timeline(
  { prisma }: Reading,
  journeyId: string,
  flow: Flow,
  cursor: string | undefined,
): Promise<Page<Happening>> {
  const found = await prisma.history.findMany({
    where: { journeyId, ...(cursor !== undefined && { seq: { lt: decodeCursor(cursor, sequence)[0] } }) },
    orderBy: { seq: 'desc' },
    take: historyPage + 1,
  });
  const shown = found.slice(0, historyPage);
  const contents = await prisma.content.findMany({
    where: { id: { in: shown.flatMap((row) => row.contentId ?? []) } },
  });
  const textOf = new Map(contents.map((content) => [content.id, content.text]));
  const last = found.length > historyPage ? shown.at(-1) : undefined;
  return {
    items: shown.map((row) => happening(row, flow, textOf)),
    next: last ? encodeCursor([last.seq]) : null,
  };
}

function happening(row: History, flow: Flow, textOf: ReadonlyMap<string, string | null>): Happening {
  return {
    seq: row.seq,
    at: row.at.toISOString(),
    actor: { kind: row.actor, id: row.actorId },
    type: row.type,
    text: inWords(flow, row),
    step: { id: row.step, title: titleOf(flow, row.step) },
    toStep: { id: row.toStep, title: titleOf(flow, row.toStep) },
    content: row.contentId === null ? null : (textOf.get(row.contentId) ?? '(erased)'),
  };
}
