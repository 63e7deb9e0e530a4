import type { FastifyPluginAsync } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Happen } from '../../flows/happen.ts';
import { listKnownIssues, setKnownIssue } from '../../store/known-issues.ts';
import type { Guard } from '../guard.ts';
import { DeskProblem, useNotFound } from '../problem.ts';
import { funnelOf } from '../queries/funnel.ts';
import { journeyDetail, listEscalations, listJourneys, type Reading } from '../queries/lists.ts';
import * as wire from '../wire.ts';

export interface ApiParts extends Reading {
  guard: Guard;
  happen: Happen;
  flowId: string;
  /** A known issue was opened or closed: whoever stands at its steps is moved. */
  issueChanged(id: string): Promise<void>;
}

const byId = z.object({ id: z.uuid() });
const anyCursor = z.object({ cursor: z.string().max(200).optional() });
const listed = z.object({
  status: z.enum(wire.statuses).optional(),
  step: z.string().max(48).optional(),
  q: z.string().max(100).optional(),
  cursor: z.string().max(200).optional(),
});

/** The JSON API, for the console and for the organisation's own tools. */
export function apiRoutes(parts: ApiParts): FastifyPluginAsync {
  const { guard, prisma, clock } = parts;
  const asOf = () => clock().toISOString();

  return async (scope) => {
    const app = scope.withTypeProvider<ZodTypeProvider>();
    useNotFound(scope);
    app.addHook('onRequest', async (request, reply) => {
      reply.header('cache-control', 'no-store');
      if (request.routeOptions.url !== '/api/v1/openapi.json') await guard.caller(request);
    });

    app.get(
      '/journeys',
      { schema: { querystring: listed, response: { 200: wire.journeyPage } } },
      async ({ query }) => ({
        asOf: asOf(),
        ...(await listJourneys(parts, query)),
      }),
    );

    app.get(
      '/journeys/:id',
      { schema: { params: byId, response: { 200: wire.journeyDetail } } },
      async ({ params }) => {
        const detail = await journeyDetail(parts, params.id);
        if (!detail) throw new DeskProblem('not-found', 'There is no journey with this id.');
        return { asOf: asOf(), ...detail };
      },
    );

    app.get(
      '/escalations',
      { schema: { querystring: anyCursor, response: { 200: wire.escalationPage } } },
      async ({ query }) => ({
        asOf: asOf(),
        ...(await listEscalations(parts, query.cursor)),
      }),
    );

    for (const act of ['claim', 'resolve'] as const) {
      app.post(
        `/escalations/:id/${act}`,
        { schema: { params: byId, response: { 200: z.object({ ok: z.literal(true) }) } } },
        async (request) => {
          const caller = await guard.caller(request);
          const { id } = request.params;
          const found = await prisma.escalation.findUnique({ where: { id } });
          if (!found) throw new DeskProblem('not-found', 'There is no escalation with this id.');
          const event = { type: act, escalation: id, by: caller.id, name: caller.name };
          const { applied } = await parts.happen(found.journeyId, event, { kind: 'staff', id: caller.id });
          if (applied) return { ok: true as const };
          const now = await prisma.escalation.findUnique({ where: { id } });
          if (now?.status === 'resolved') throw new DeskProblem('already-resolved', 'Nothing is left to do.');
          const by = { id: now?.claimedBy ?? '', name: now?.claimedName ?? 'Somebody' };
          throw new DeskProblem('already-claimed', `${by.name} has it.`, { by });
        },
      );
    }

    app.get('/known-issues', { schema: { response: { 200: wire.knownIssues } } }, async () => {
      const rows = await listKnownIssues(prisma);
      return { items: rows.map((row) => ({ ...row, changedAt: row.changedAt.toISOString() })) };
    });

    app.post(
      '/known-issues/:id',
      {
        schema: {
          params: z.object({ id: z.string().max(48) }),
          body: z.object({ open: z.boolean() }),
          response: { 200: z.object({ ok: z.literal(true) }) },
        },
      },
      async (request) => {
        const caller = await guard.caller(request);
        const { id } = request.params;
        if ((await prisma.knownIssue.count({ where: { id } })) === 0)
          throw new DeskProblem('not-found', 'There is no known issue with this id.');
        if (await setKnownIssue(prisma, id, request.body.open, caller.id, clock()))
          await parts.issueChanged(id);
        return { ok: true as const };
      },
    );

    app.get('/funnel', { schema: { response: { 200: wire.funnel } } }, async () => ({
      asOf: asOf(),
      ...(await funnelOf(parts, parts.flowId)),
    }));

    app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger());
  };
}
