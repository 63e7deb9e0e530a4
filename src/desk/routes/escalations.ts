import { z } from 'zod';
import type { Happen } from '../../flows/happen.ts';
import type { Caller } from '../guard.ts';
import { DeskProblem } from '../problem.ts';
import { describeCall } from '../queries/describe.ts';
import { escalationStatus, listEscalations } from '../queries/escalations.ts';
import * as wire from '../wire.ts';
import { type Api, answers, byId, cursor, type RouteParts, yesOrNo } from './shapes.ts';

export interface EscalationParts extends RouteParts {
  happen: Happen;
}

const listed = z.object({
  status: escalationStatus.optional().describe('Absent: all that are not resolved'),
  urgent: yesOrNo,
  cursor,
});

const summaries = {
  claim: 'Take an escalation on: the first to claim has it; the employee is told',
  resolve: 'Settle an escalation: the employee is told, and the journey goes on',
};

/** Calls for the help desk, and what staff do about them. */
export function escalationRoutes(app: Api, parts: EscalationParts): void {
  app.get(
    '/escalations',
    {
      schema: {
        tags: ['escalations'],
        operationId: 'listEscalations',
        summary: 'Escalations, the oldest first; the resolved ones the latest first',
        querystring: listed,
        response: answers(wire.escalationPage),
      },
    },
    async ({ query }) => ({ asOf: parts.clock().toISOString(), ...(await listEscalations(parts, query)) }),
  );

  for (const act of ['claim', 'resolve'] as const) {
    app.post(
      `/escalations/:id/${act}`,
      {
        schema: {
          tags: ['escalations'],
          operationId: `${act}Escalation`,
          summary: summaries[act],
          params: byId,
          response: answers(wire.call, 403, 404, 409),
        },
      },
      async (request) => settle(parts, act, request.params.id, parts.guard.known(request)),
    );
  }
}

/** What the journey made of it is read back: whoever is named there was first. */
async function settle(parts: EscalationParts, act: 'claim' | 'resolve', id: string, caller: Caller) {
  const { prisma, happen, flowOf } = parts;
  const found = await prisma.escalation.findUnique({ where: { id } });
  if (!found) throw new DeskProblem('not-found', 'There is no escalation with this id.');
  const by = { id: caller.id, name: caller.name };
  const event = { type: act, escalation: id, by: by.id, name: by.name };
  await happen(found.journeyId, event, { kind: 'staff', id: by.id });

  const row = await prisma.escalation.findUniqueOrThrow({ where: { id }, include: { journey: true } });
  const call = describeCall(row, await flowOf(row.journey.flowId, row.journey.flowVersion));
  if (call.resolved && !(act === 'resolve' && call.resolved.id === by.id))
    throw new DeskProblem('already-resolved', resolvedWords(call.resolved), { by: call.resolved });
  if (act === 'claim' && call.claimed?.id !== by.id) {
    const first = call.claimed ?? { id: '', name: 'Somebody else' };
    throw new DeskProblem('already-claimed', `${first.name} has it already.`, { by: first });
  }
  return call;
}

function resolvedWords({ id, name }: { id: string; name: string }): string {
  return id === 'employee' ? 'The employee found the way alone.' : `${name} resolved it already.`;
}
