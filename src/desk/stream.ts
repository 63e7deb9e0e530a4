import type { FastifyPluginAsync } from 'fastify';
import type { Changes } from '../store/changes.ts';
import type { Guard } from './guard.ts';

/** Many changes in a short time are one word to the console. */
const gather = 300;
const beatEvery = 20_000;

/** `GET /desk/stream`: server-sent events, "changed" without content. It ends with the session. */
export function streamRoutes(guard: Guard, changes: Changes, clock: () => Date): FastifyPluginAsync {
  return async (app) => {
    const stopping = new AbortController();
    app.addHook('preClose', async () => stopping.abort());

    app.get('/desk/stream', async (request, reply) => {
      const session = await guard.session(request);
      reply.hijack();
      const out = reply.raw;
      out.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      });
      const send = (event: string) => {
        if (!out.writableEnded && !out.destroyed) out.write(`event: ${event}\ndata: {}\n\n`);
      };

      let soon: NodeJS.Timeout | null = null;
      const forget = changes.listen(() => {
        soon ??= setTimeout(() => {
          soon = null;
          send('changed');
        }, gather);
      });
      const heart = setInterval(() => (session.expiresAt > clock() ? send('beat') : end()), beatEvery);
      const end = () => {
        clearInterval(heart);
        if (soon) clearTimeout(soon);
        forget();
        stopping.signal.removeEventListener('abort', end);
        out.end();
      };
      out.once('close', end);
      stopping.signal.addEventListener('abort', end);
      if (stopping.signal.aborted) end();
      else send('ready');
    });
  };
}
