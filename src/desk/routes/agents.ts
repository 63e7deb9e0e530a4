import type { AgentDesk, AgentDeskParts } from '../agents.ts';
import type { Caller } from '../guard.ts';
import { DeskProblem } from '../problem.ts';
import { describeAgents } from '../queries/agents.ts';
import * as wire from '../wire.ts';
import { type Api, answers, byId, type RouteParts } from './shapes.ts';

const summaries = {
  stop: 'Stop all agents at once, of every process; for leads and keys',
  resume: 'Let agents work again; for leads and keys',
};

/** Paired computers: which there are, all of them stopped, one of them unpaired. */
export function agentRoutes(app: Api, parts: RouteParts & AgentDeskParts): void {
  const { agents, guard } = parts;
  if (!agents) return;

  app.get(
    '/agents',
    {
      schema: {
        tags: ['agents'],
        operationId: 'listAgents',
        summary: 'Paired computers, how many are in each state, and what they may do now',
        response: answers(wire.agents),
      },
    },
    async () => describeAgents(parts, await agents.overview()),
  );

  for (const act of ['stop', 'resume'] as const) {
    app.post(
      `/agents/${act}`,
      {
        schema: {
          tags: ['agents'],
          operationId: `${act}Agents`,
          summary: summaries[act],
          response: answers(wire.agents, 403),
        },
      },
      async (request) => {
        await agents[act](lead(parts, guard.known(request)));
        return describeAgents(parts, await agents.overview());
      },
    );
  }

  app.post(
    '/journeys/:id/unpair',
    {
      schema: {
        tags: ['agents'],
        operationId: 'unpairComputer',
        summary: "Unpair the journey's computer: the employee is told",
        params: byId,
        response: answers(wire.unpaired, 403, 404),
      },
    },
    async (request) => unpair(agents, request.params.id, guard.known(request)),
  );
}

async function unpair(agents: AgentDesk, journey: string, by: Caller) {
  if (await agents.unpair(journey, { id: by.id, name: by.name })) return { journey, unpaired: true as const };
  throw new DeskProblem('not-found', 'No computer is paired with this journey.');
}

function lead({ isLead }: AgentDeskParts, { id, name }: Caller) {
  if (!isLead(id))
    throw new DeskProblem('leads-only', 'Ask a lead of the help desk (DESK_LEADS) to do this.');
  return { id, name };
}
