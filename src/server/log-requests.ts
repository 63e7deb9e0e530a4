import type { FastifyInstance } from 'fastify';
import type { Metrics } from './metrics.ts';

/** One line and one count for each answer: the route's pattern, never the address, whose query may hold a secret. */
export function logRequests(app: FastifyInstance, metrics: Metrics): void {
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unknown';
    const { statusCode } = reply;
    metrics.requestAnswered(route, statusCode, reply.elapsedTime / 1000);
    const line = { method: request.method, route, status: statusCode, ms: Math.round(reply.elapsedTime) };
    if (statusCode >= 500) request.log.error(line, 'answered');
    else request.log.info(line, 'answered');
  });
}
