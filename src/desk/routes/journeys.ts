import { z } from 'zod';
import type { AgentDeskParts } from '../agents.ts';
import { DeskProblem } from '../problem.ts';
import { describeAgent, describeStopped } from '../queries/agents.ts';
import { journeyDetail } from '../queries/journey-detail.ts';
import { listJourneys } from '../queries/journeys.ts';
import { summaryOf } from '../queries/summary.ts';
import * as wire from '../wire.ts';
import { type Api, answers, byId, cursor, type RouteParts, yesOrNo } from './shapes.ts';

const listed = z.object({
  status: wire.status.optional(),
  step: z.string().max(48).optional().describe("A step's id"),
  q: z.string().trim().max(100).optional().describe("Part of a name or of a channel's id, or a journey's id"),
  urgent: yesOrNo,
  cursor,
});

export interface JourneyParts extends RouteParts, Pick<AgentDeskParts, 'agents'> {
  /** The flow whose steps and funnel are shown. */
  flowId: string;
}

/** Who is where, and one person's whole story. */
export function journeyRoutes(app: Api, parts: JourneyParts): void {
  const asOf = () => parts.clock().toISOString();

  app.get(
    '/journeys',
    {
      schema: {
        tags: ['journeys'],
        operationId: 'listJourneys',
        summary: 'Journeys of one status, those longest in it first; or all of them',
        querystring: listed,
        response: answers(wire.journeyPage),
      },
    },
    async ({ query }) => ({ asOf: asOf(), ...(await listJourneys(parts, query)) }),
  );

  app.get(
    '/journeys/:id',
    {
      schema: {
        tags: ['journeys'],
        operationId: 'getJourney',
        summary: 'One journey with its history, the latest first',
        params: byId,
        querystring: z.object({ cursor }),
        response: answers(wire.journeyDetail, 404),
      },
    },
    async ({ params, query }) => {
      const detail = await journeyDetail(parts, params.id, query.cursor);
      if (!detail) throw new DeskProblem('not-found', 'There is no journey with this id.');
      const computer = (await parts.agents?.pairedWith(params.id)) ?? null;
      return { asOf: asOf(), ...detail, computer: computer && describeAgent(computer) };
    },
  );

  app.get(
    '/summary',
    {
      schema: {
        tags: ['journeys'],
        operationId: 'getSummary',
        summary: 'How many journeys and calls there are in each state, and the steps there are',
        response: answers(wire.summary),
      },
    },
    async () => ({
      ...(await summaryOf(parts, parts.flowId)),
      agents: parts.agents && { stopped: describeStopped(parts.agents.stopped()) },
    }),
  );
}
