import swagger from '@fastify/swagger';
import type { FastifyPluginAsync } from 'fastify';
import {
  jsonSchemaTransform,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { AgentDeskParts } from '../agents.ts';
import { useNotFound } from '../problem.ts';
import { funnelOf } from '../queries/funnel.ts';
import * as wire from '../wire.ts';
import { agentRoutes } from './agents.ts';
import { type EscalationParts, escalationRoutes } from './escalations.ts';
import { type JourneyParts, journeyRoutes } from './journeys.ts';
import { type KnownIssueParts, knownIssueRoutes } from './known-issues.ts';
import { openapiBase } from './openapi.ts';
import { answers } from './shapes.ts';

export interface ApiParts extends EscalationParts, KnownIssueParts, JourneyParts, AgentDeskParts {}

/** The JSON API, for the console and for the organisation's own tools. */
export function apiRoutes(parts: ApiParts): FastifyPluginAsync {
  const { guard, clock } = parts;

  return async (scope) => {
    scope.setValidatorCompiler(validatorCompiler);
    scope.setSerializerCompiler(serializerCompiler);
    useNotFound(scope);
    await scope.register(swagger, { openapi: openapiBase(), transform: jsonSchemaTransform });
    const app = scope.withTypeProvider<ZodTypeProvider>();
    app.addHook('onRequest', async (request, reply) => {
      reply.header('cache-control', 'no-store');
      await guard.admit(request);
    });

    journeyRoutes(app, parts);
    escalationRoutes(app, parts);
    knownIssueRoutes(app, parts);
    agentRoutes(app, parts);

    app.get(
      '/funnel',
      {
        schema: {
          tags: ['journeys'],
          operationId: 'getFunnel',
          summary: 'Step by step: how many came and went on, how long it took, who is stuck there now',
          response: answers(wire.funnel),
        },
      },
      async () => ({ asOf: clock().toISOString(), ...(await funnelOf(parts, parts.flowId)) }),
    );

    app.get(
      '/me',
      {
        schema: {
          tags: ['desk'],
          operationId: 'getMe',
          summary: 'Who is asking',
          response: answers(wire.me),
        },
      },
      async (request) => {
        const { id, name, expiresAt } = guard.known(request);
        return { id, name, lead: parts.isLead(id), expiresAt: expiresAt?.toISOString() ?? null };
      },
    );

    app.get(
      '/openapi.json',
      {
        schema: {
          tags: ['desk'],
          operationId: 'getOpenApi',
          summary: 'This document',
          response: answers(z.looseObject({ openapi: z.string() })),
        },
      },
      async () => ({ openapi: '3.1.0', ...scope.swagger() }),
    );
  };
}
