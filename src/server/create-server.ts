import { randomUUID } from 'node:crypto';
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import type { ServerConfig } from '../config/server.ts';
import type { ApiKey } from './api-keys.ts';
import { endConnectionsAtStop } from './connections.ts';
import { answerErrors } from './errors.ts';
import { type Check, healthRoutes } from './health.ts';
import { logRequests } from './log-requests.ts';
import type { Metrics } from './metrics.ts';
import { metricsRoute } from './metrics-route.ts';
import { securityHeaders } from './security-headers.ts';
import { stopWithin } from './stop.ts';

export interface ServerParts {
  config: ServerConfig;
  logger: FastifyBaseLogger;
  metrics: Metrics;
  /** Who may read `/metrics` from elsewhere. */
  apiKeys: readonly ApiKey[];
  /** What `/readyz` asks; each by its name. */
  checks: Readonly<Record<string, Check>>;
}

export interface Server {
  /** Parts register their routes here, before `listen`. */
  app: FastifyInstance;
  /** Finishes the requests in hand and takes no more; gives up after `patience` milliseconds (10 s). */
  stop(patience?: number): Promise<'finished' | 'gave-up'>;
}

/** A request body of JSON is small; routes that take more say so themselves. */
export const bodyLimit = 256 * 1024;

/** The HTTP server with everything that is the same for all routes. It does not listen yet: see `listen.ts`. */
export async function createServer(parts: ServerParts): Promise<Server> {
  const { config, logger, metrics } = parts;
  const app: FastifyInstance = Fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    trustProxy: trust(config.trustProxy),
    bodyLimit,
    requestTimeout: 30_000,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 256 },
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  const cutAll = endConnectionsAtStop(app);
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
  });
  answerErrors(app);
  logRequests(app, metrics);
  await securityHeaders(app, config.publicUrl?.startsWith('https:') ?? false);
  await app.register(healthRoutes(parts.checks));
  await app.register(metricsRoute(metrics, parts.apiKeys));
  return { app, stop: (patience = 10_000) => stopWithin(() => app.close(), patience, cutAll) };
}

/** A number of proxies counts hops from this server outwards. */
function trust(proxies: ServerConfig['trustProxy']) {
  return typeof proxies === 'number' ? (_address: string, hop: number) => hop < proxies : proxies;
}
