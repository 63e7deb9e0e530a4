import type { FastifyInstance } from 'fastify';
import type { Metrics } from './metrics.ts';

/** One line and one count for each answer: the route's pattern, never the address, whose query may hold a secret. */
export function logRequests(app: FastifyInstance, metrics: Metrics): void {
  // These fields hold no secret by their making, so the walk through all known paths, most of a line's cost, is saved;
  // the patterns are looked for all the same.
  const log = app.log.child({}, { redact: [] });
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unknown';
    const { statusCode } = reply;
    metrics.requestAnswered(route, statusCode, reply.elapsedTime / 1000);
    const line = {
      reqId: request.id,
      method: request.method,
      route,
      status: statusCode,
      ms: Math.round(reply.elapsedTime),
    };
    if (statusCode >= 500) log.error(line, 'answered');
    else log.info(line, 'answered');
  });
}
