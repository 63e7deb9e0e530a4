import { z } from 'zod';
import { placeOf } from '../../flows/journey/graph.ts';
import type { Funnel } from '../wire.ts';
import type { Reading } from './lists.ts';

const figures = z.array(
  z.object({ step: z.string(), entered: z.number(), finished: z.number(), minutes: z.number().nullable() }),
);
const heres = z.array(z.object({ step: z.string(), stuck: z.number(), here: z.number() }));

/** Each step by step: how many came, how many went on, how long that took, who is there now. */
export async function funnelOf(reading: Reading, flowId: string): Promise<Omit<Funnel, 'asOf'>> {
  const { prisma } = reading;
  const flow = await reading.flowOf(flowId);
  const steps = figures.parse(
    await prisma.$queryRaw`
      WITH h AS (
        SELECT h.* FROM "History" h JOIN "Journey" j ON j.id = h."journeyId" WHERE j."flowId" = ${flowId}
      ), came AS (
        SELECT "journeyId", "toStep" AS step, min(at) AS at FROM h
        WHERE "toStep" <> h.step OR type = 'start' GROUP BY 1, 2
      ), went AS (
        SELECT "journeyId", h.step, max(at) AS at FROM h
        WHERE type IN ('done', 'answer', 'signed-on', 'solved') AND ("toStep" <> h.step OR detail->>'status' = 'done')
        GROUP BY 1, 2
      )
      SELECT came.step, count(*)::int AS entered, count(went.at)::int AS finished,
        (percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM went.at - came.at) / 60)
          FILTER (WHERE went.at IS NOT NULL))::float AS minutes
      FROM came LEFT JOIN went USING ("journeyId", step) GROUP BY came.step`,
  );
  const now = heres.parse(
    await prisma.$queryRaw`
      SELECT step, count(*) FILTER (WHERE status = 'stuck')::int AS stuck, count(*)::int AS here
      FROM "Journey" WHERE "flowId" = ${flowId} AND status NOT IN ('done', 'new') GROUP BY step`,
  );
  const open = new Set(flow.issues.filter((i) => i.open).map((i) => i.id));
  const [started, done] = await Promise.all([
    prisma.journey.count({ where: { flowId, status: { not: 'new' } } }),
    prisma.journey.count({ where: { flowId, status: 'done' } }),
  ]);
  return {
    flow: { id: flow.id, version: flow.version, title: flow.title },
    started,
    done,
    steps: flow.steps.map((step) => {
      const place = placeOf(flow, step.id, open);
      const figure = steps.find((f) => f.step === step.id);
      const here = now.find((f) => f.step === step.id);
      return {
        step: { id: step.id, title: step.title, number: place.step, of: place.of },
        section: step.section.title,
        detour: step.detour,
        entered: figure?.entered ?? 0,
        finished: figure?.finished ?? 0,
        medianMinutes: figure?.minutes ?? null,
        stuckNow: here?.stuck ?? 0,
        hereNow: here?.here ?? 0,
      };
    }),
  };
}
