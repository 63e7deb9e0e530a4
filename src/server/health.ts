import type { FastifyPluginAsync } from 'fastify';
import { sendProblem } from './problem.ts';

/** Resolves when the part is well, rejects when not. */
export type Check = () => Promise<unknown>;

const patience = 2000;

/** `/healthz`: the process lives. `/readyz`: every part that it needs is well, each within two seconds. */
export function healthRoutes(checks: Readonly<Record<string, Check>>): FastifyPluginAsync {
  return async (app) => {
    let stopping = false;
    app.addHook('preClose', async () => {
      stopping = true;
    });

    app.get('/healthz', { logLevel: 'warn' }, (_request, reply) =>
      reply.header('cache-control', 'no-store').send({ status: 'ok' }),
    );

    app.get('/readyz', { logLevel: 'warn' }, async (request, reply) => {
      if (stopping) return sendProblem(reply, 'not-ready', { detail: 'The service is stopping.' });
      const results = await Promise.all(
        Object.entries(checks).map(async ([name, check]) => {
          const failure = await failureOf(check);
          if (failure) request.log.warn({ err: failure, check: name }, 'a readiness check failed');
          return { name, failed: failure !== null };
        }),
      );
      const failed = results.filter((result) => result.failed);
      if (failed.length === 0) return reply.header('cache-control', 'no-store').send({ status: 'ready' });
      const errors = failed.map(({ name }) => ({
        path: name,
        message: 'does not answer as it should; see the log',
      }));
      return sendProblem(reply, 'not-ready', { errors });
    });
  };
}

async function failureOf(check: Check): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${patience} ms`)), patience);
  });
  try {
    await Promise.race([check(), late]);
    return null;
  } catch (error) {
    return error ?? new Error('the check failed without a reason');
  } finally {
    clearTimeout(timer);
  }
}
