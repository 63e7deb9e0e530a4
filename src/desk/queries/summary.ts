import { holds, placeOf } from '../../flows/journey/graph.ts';
import { type Summary, statuses } from '../wire.ts';
import { nowOf, type Reading } from './reading.ts';

/** How many people are where, and how many calls wait: the figures on the console's tabs, and its list of steps. */
export async function summaryOf(reading: Reading, flowId: string): Promise<Omit<Summary, 'agents'>> {
  const { prisma, clock } = reading;
  const byStatus = await prisma.journey.groupBy({ by: ['status'], _count: { _all: true } });
  const calls = await prisma.escalation.groupBy({
    by: ['status', 'priority'],
    where: { status: { in: ['open', 'claimed'] } },
    _count: { _all: true },
  });
  const journeys = statuses.map((status) => {
    return [status, byStatus.find((row) => row.status === status)?._count._all ?? 0] as const;
  });
  const count = (which: (call: (typeof calls)[number]) => boolean) =>
    calls.filter(which).reduce((sum, call) => sum + call._count._all, 0);
  return {
    asOf: clock().toISOString(),
    journeys: Object.fromEntries(journeys) as Summary['journeys'],
    escalations: {
      open: count((call) => call.status === 'open'),
      claimed: count((call) => call.status === 'claimed'),
      urgent: count((call) => call.priority === 'urgent'),
    },
    steps: await stepsOf(reading, flowId),
  };
}

async function stepsOf(reading: Reading, flowId: string): Promise<Summary['steps']> {
  const [flow, { openIssues }] = await Promise.all([reading.flowOf(flowId), nowOf(reading)]);
  return flow.steps
    .filter((step) => step.detour || holds(step.when, openIssues))
    .map(({ id, title }) => {
      const { step, of } = placeOf(flow, id, openIssues);
      return { id, title, number: step, of };
    });
}
