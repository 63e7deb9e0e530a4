import type { FastifyPluginAsync, FastifyReply, onRequestAsyncHookHandler } from 'fastify';
import { validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Database } from '../../store/database.ts';
import type { Receive, Said } from '../incoming.ts';
import type { Bell } from './bell.ts';
import { pageRoutes } from './page-routes.ts';
import type { Page } from './shell.ts';
import { streamLog } from './stream.ts';
import { linesAfter } from './transcript.ts';
import { browserProfile, conversationKey, employee } from './who.ts';
import {
  type Fault,
  longestText,
  openRequest,
  pageQuery,
  pressRequest,
  sayRequest,
  streamQuery,
} from './wire.ts';

export interface LocalRoutesParts {
  database: Database;
  receive: Receive;
  clock: () => Date;
  bell: Bell;
  /** The folder of the flow's pictures. */
  picturesDir: string;
  /** Lets only this computer's own browser in: see `server/loopback.ts`. */
  guard: onRequestAsyncHookHandler;
  page: Page;
}

type From = { as: string; zone?: string | undefined; locale?: string | undefined };

/** The chat page and its API, for people on this computer. */
export function localRoutes(parts: LocalRoutesParts): FastifyPluginAsync {
  const { database, receive, clock, bell } = parts;

  /** Hands an event in; what cannot be saved is answered with the one thing that helps. */
  async function take(from: From, id: string, said: Said, reply: FastifyReply) {
    const who = employee(from.as, browserProfile.parse(from));
    try {
      const received = await receive({ id, ...who, at: clock(), said });
      bell.ring(who.conversation.key);
      return { received };
    } catch (error) {
      reply.log.error({ err: error }, 'an event from the browser chat could not be saved');
      return reply.code(503).send(notSaved);
    }
  }

  return async (scope) => {
    const app = scope.withTypeProvider<ZodTypeProvider>();
    app.setValidatorCompiler(validatorCompiler);
    app.addHook('onRequest', parts.guard);
    app.addHook('onSend', async (_request, reply) => {
      reply.header('x-content-type-options', 'nosniff');
      if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
    });
    app.setErrorHandler((error, _request, reply) => {
      if (!isTooLarge(error)) throw error;
      return reply.code(413).send(tooLong);
    });

    const stopping = new AbortController();
    app.addHook('preClose', async () => stopping.abort());

    await app.register(pageRoutes({ page: parts.page, picturesDir: parts.picturesDir }));

    app.get('/chat/api/transcript', { schema: { querystring: pageQuery } }, async ({ query }) => {
      const entries = await linesAfter(database, conversationKey(query.as), 0);
      return { last: entries.at(-1)?.seq ?? 0, entries };
    });

    app.get('/chat/api/stream', { schema: { querystring: streamQuery } }, (request, reply) => {
      const named = Number(request.headers['last-event-id']);
      const after = Number.isSafeInteger(named) && named > 0 ? named : (request.query.after ?? 0);
      const key = conversationKey(request.query.as);
      streamLog({ database, bell, request, reply, conversationKey: key, after, stopping: stopping.signal });
    });

    app.post(
      '/chat/api/say',
      // Four bytes a character at the most, and what JSON puts around them.
      { schema: { body: sayRequest }, bodyLimit: 6 * longestText + 4096 },
      ({ body }, reply) => take(body, body.id, { kind: 'text', text: body.text, files: 0 }, reply),
    );

    app.post('/chat/api/press', { schema: { body: pressRequest } }, ({ body }, reply) => {
      const { action, value } = body;
      return take(body, body.id, { kind: 'press', action, ...(value !== undefined && { value }) }, reply);
    });

    // Once a day at the most, whoever many windows are opened: the id says so, not the page.
    app.post('/chat/api/opened', { schema: { body: openRequest } }, ({ body }, reply) => {
      const day = clock().toISOString().slice(0, 10);
      return take(body, `opened/${body.as}/${day}`, { kind: 'opened' }, reply);
    });
  };
}

const notSaved: Fault = { code: 'not-saved', message: 'Could not save that, please press again.' };

const tooLong: Fault = {
  code: 'too-long',
  message: `That is too long. Please send at most ${longestText.toLocaleString('en')} characters at once.`,
};

function isTooLarge(error: unknown): boolean {
  return error instanceof Error && 'statusCode' in error && error.statusCode === 413;
}
