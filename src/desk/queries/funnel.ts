import { z } from 'zod';
import type { Flow } from '../../flows/compiled.ts';
import { placeOf } from '../../flows/journey/graph.ts';
import { Prisma, type PrismaClient } from '../../store/generated/client.ts';
import type { Funnel } from '../wire.ts';
import { nowOf, type Reading } from './reading.ts';

/** Step by step: how many came, how many went on, how long that took, who is there now. */
export async function funnelOf(reading: Reading, flowId: string): Promise<Omit<Funnel, 'asOf'>> {
  const { prisma } = reading;
  const [flow, now] = await Promise.all([reading.flowOf(flowId), nowOf(reading)]);
  const passed = await passedThrough(prisma, flowId);
  const here = await whoIsHere(prisma, flowId);
  const counts = await prisma.journey.groupBy({
    by: ['status'],
    where: { flowId, status: { not: 'merged' } },
    _count: { _all: true },
  });
  const count = (status: string) => counts.find((c) => c.status === status)?._count._all ?? 0;
  return {
    flow: { id: flow.id, version: flow.version, title: flow.title },
    started: counts.reduce((sum, c) => sum + c._count._all, 0) - count('new'),
    done: count('done'),
    steps: stepsOf(flow, now.openIssues, passed, here),
  };
}

function stepsOf(flow: Flow, openIssues: ReadonlySet<string>, passed: Passed, here: Here): Funnel['steps'] {
  return flow.steps.map((step) => {
    const place = placeOf(flow, step.id, openIssues);
    const went = passed.find((row) => row.step === step.id);
    const stay = here.find((row) => row.step === step.id);
    return {
      step: { id: step.id, title: step.title, number: place.step, of: place.of },
      section: step.section.title,
      detour: step.detour,
      entered: went?.entered ?? 0,
      finished: went?.finished ?? 0,
      medianMinutes: went?.minutes ?? null,
      stuckNow: stay?.stuck ?? 0,
      hereNow: stay?.here ?? 0,
    };
  });
}

const passedRows = z.array(
  z.object({ step: z.string(), entered: z.number(), finished: z.number(), minutes: z.number().nullable() }),
);
type Passed = z.output<typeof passedRows>;

/** What moved a journey without the step being finished. */
const notFinishing = Prisma.join(['back', 'issues-changed', 'flow-changed']);

/**
 * A stay begins with the start or a move to the step, and ends with the next move or with the end of the journey.
 * Coming back begins another stay: medians are of stays, counts of journeys.
 */
async function passedThrough(prisma: PrismaClient, flowId: string): Promise<Passed> {
  return passedRows.parse(
    await prisma.$queryRaw`
      WITH begun AS (
        SELECT "journeyId", min(seq) AS seq FROM "History" WHERE type = 'start' GROUP BY 1
      ), moves AS (
        SELECT h."journeyId", h.seq, h.at, h.type, h.step, h."toStep", coalesce(h.detail->>'status', '') = 'done' AS ends
        FROM "History" h JOIN begun USING ("journeyId") JOIN "Journey" j ON j.id = h."journeyId"
        WHERE j."flowId" = ${flowId} AND j.status <> 'merged' AND (h.seq = begun.seq
          OR (h.seq > begun.seq AND (h.step <> h."toStep" OR h.detail->>'status' = 'done')))
      ), stays AS (
        SELECT "journeyId", "toStep" AS step, at, ends,
          lead(at) OVER moving AS left_at,
          coalesce(lead(type) OVER moving NOT IN (${notFinishing}), false) AS finished
        FROM moves WINDOW moving AS (PARTITION BY "journeyId" ORDER BY seq)
      )
      SELECT step, count(DISTINCT "journeyId")::int AS entered,
        (count(DISTINCT "journeyId") FILTER (WHERE finished))::int AS finished,
        (percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM left_at - at)::float8 / 60)
          FILTER (WHERE finished))::float8 AS minutes
      FROM stays WHERE NOT ends GROUP BY step`,
  );
}

const hereRows = z.array(z.object({ step: z.string(), stuck: z.number(), here: z.number() }));
type Here = z.output<typeof hereRows>;

async function whoIsHere(prisma: PrismaClient, flowId: string): Promise<Here> {
  return hereRows.parse(
    await prisma.$queryRaw`
      SELECT step, (count(*) FILTER (WHERE status = 'stuck'))::int AS stuck, count(*)::int AS here
      FROM "Journey" WHERE "flowId" = ${flowId} AND status NOT IN ('done', 'new', 'merged') GROUP BY step`,
  );
}
