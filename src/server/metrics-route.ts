import type { FastifyPluginAsync } from 'fastify';
import { type ApiKey, keyHolder } from './api-keys.ts';
import { isFromHere } from './loopback.ts';
import type { Metrics } from './metrics.ts';
import { Problem } from './problem.ts';

/** `/metrics` for this computer, and for whoever has a desk key. */
export function metricsRoute(metrics: Metrics, keys: readonly ApiKey[]): FastifyPluginAsync {
  return async (app) => {
    app.get('/metrics', { logLevel: 'warn' }, async (request, reply) => {
      if (!isFromHere(request) && keyHolder(keys, request.headers.authorization) === null)
        throw new Problem('not-signed-in', { detail: 'Send a desk key: "Authorization: Bearer <key>".' });
      const { type, body } = await metrics.text();
      return reply.type(type).header('cache-control', 'no-store').send(body);
    });
  };
}
