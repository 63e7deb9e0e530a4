import { placeOf } from '../../flows/journey/graph.ts';
import type { AgentItem, AgentOverview, Stopped } from '../agents.ts';
import type { Agent, Agents, Computer } from '../wire.ts';
import { titleOf } from './describe.ts';
import { nowOf, type Reading } from './reading.ts';

/** Paired computers, each with the step at which its person is. */
export async function describeAgents(reading: Reading, overview: AgentOverview): Promise<Agents> {
  const { mode, stopped, counts, items } = overview;
  const steps = await stepsOf(reading, items);
  return {
    asOf: reading.clock().toISOString(),
    mode,
    stopped: describeStopped(stopped),
    counts,
    items: items.map((item) => ({ ...describeAgent(item), step: steps.get(item.journeyId) ?? null })),
  };
}

async function stepsOf(
  reading: Reading,
  items: readonly AgentItem[],
): Promise<ReadonlyMap<string, Computer['step']>> {
  const { openIssues } = await nowOf(reading);
  const rows = await reading.prisma.journey.findMany({
    where: { id: { in: items.map(({ journeyId }) => journeyId) } },
    select: { id: true, step: true, flowId: true, flowVersion: true },
  });
  const places = rows.map(async ({ id, step, flowId, flowVersion }) => {
    const flow = await reading.flowOf(flowId, flowVersion);
    const { step: number, of } = placeOf(flow, step, openIssues);
    return [id, { id: step, title: titleOf(flow, step), number, of }] as const;
  });
  return new Map(await Promise.all(places));
}

export function describeAgent(item: AgentItem): Agent {
  return {
    ...item,
    pairedAt: item.pairedAt.toISOString(),
    heardAt: item.heardAt?.toISOString() ?? null,
    unpairedAt: item.unpairedAt?.toISOString() ?? null,
  };
}

export function describeStopped(stopped: Stopped | null): Agents['stopped'] {
  return stopped && { by: stopped.by, at: stopped.at.toISOString() };
}
