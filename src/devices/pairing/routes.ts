import rateLimit from '@fastify/rate-limit';
import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import { pairRequest } from '../../agent/protocol.ts';
import type { Policy } from '../policy.ts';
import { PairRefused, sendPairProblem } from './problem.ts';
import type { Stages } from './stages.ts';

/**
 * Requests a minute from one address, behind which a whole office may sit. Whoever waits asks each second, so waiting
 * has a budget of its own: a hundred people at once.
 */
export const requestLimits = { stages: 120, wait: 6_000 } as const;
const bodyLimit = 16 * 1024;

const stageOf = ({ body }: FastifyRequest) => pairRequest.safeParse(body).data?.stage;
const waits = (request: FastifyRequest) => stageOf(request) === 'wait';

/** `POST /agent/pair`: all four stages. */
export function pairRoutes(stages: Stages, policy: Policy): FastifyPluginAsync {
  return async (app) => {
    await app.register(rateLimit, {
      global: false,
      hook: 'preHandler',
      timeWindow: '1 minute',
      max: (request) => (waits(request) ? requestLimits.wait : requestLimits.stages),
      keyGenerator: (request) => `${waits(request) ? 'wait' : 'stages'}/${request.ip}`,
    });
    app.setErrorHandler((error, request, reply) => {
      if (error instanceof PairRefused) return sendPairProblem(reply, error.code, error.serverTime);
      const status = error instanceof Error && 'statusCode' in error ? error.statusCode : 500;
      if (status === 429) return sendPairProblem(reply, 'too-many-tries');
      if (typeof status === 'number' && status >= 400 && status < 500)
        return sendPairProblem(reply, 'bad-request');
      request.log.error({ err: error }, 'pairing failed');
      throw error;
    });
    app.post('/agent/pair', { bodyLimit, config: { rateLimit: {} } }, async (request, reply) => {
      const asked = pairRequest.safeParse(request.body);
      if (!asked.success) throw new PairRefused('bad-request');
      if (policy.mode === 'off') throw new PairRefused('pairing-off');
      reply.header('cache-control', 'no-store');
      return stages.answer(asked.data, request.ip);
    });
  };
}
