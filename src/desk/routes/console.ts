import type { FastifyPluginAsync } from 'fastify';
import { z } from 'zod';
import type { Changes } from '../../store/changes.ts';
import type { Guard } from '../guard.ts';
import type { SignIns } from '../sign-in.ts';

export interface ConsoleParts {
  guard: Guard;
  signIns: SignIns;
  changes: Changes;
  page: { script: string; style: string };
}

const head = (title: string, script: boolean) => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>${title}</title>
<link rel="stylesheet" href="/desk/assets/desk.css">${script ? '<script type="module" src="/desk/assets/desk.js"></script>' : ''}</head>`;

const consolePage = `${head('Help desk · ecadesk', true)}<body><div id="app"></div><noscript>The console needs JavaScript.</noscript></body></html>`;

const plainPage = (title: string, body: string) =>
  `${head(title, false)}<body><main class="gate"><h1>${title}</h1>${body}</main></body></html>`;

const query = z.object({ token: z.string().regex(/^[\w-]{20,100}$/) });

/** The console's page, its sign-in, and the stream that tells it when to look again. */
export function consoleRoutes({ guard, signIns, changes, page }: ConsoleParts): FastifyPluginAsync {
  return async (app) => {
    app.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string' },
      (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(String(body)))),
    );

    app.get('/desk', async (request, reply) => {
      reply.type('text/html; charset=utf-8').header('cache-control', 'no-store');
      const signedIn = await guard.session(request).catch(() => null);
      if (signedIn) return consolePage;
      return reply
        .code(401)
        .send(
          plainPage(
            'Sign in to the help desk',
            '<p>Open the one-time address that was printed at the start, or type <b>console</b> to the bot for a link of your own.</p>',
          ),
        );
    });

    // Only looking: a chat that previews the link must not use it up. The button's POST does.
    app.get('/desk/sign-in', async (request, reply) => {
      reply.type('text/html; charset=utf-8').header('cache-control', 'no-store');
      const parsed = query.safeParse(request.query);
      const staff = parsed.success ? await signIns.peek(parsed.data.token) : null;
      if (!parsed.success || !staff)
        return reply
          .code(401)
          .send(
            plainPage(
              'This address has been used',
              '<p>It works once, for ten minutes. Type <b>console</b> to the bot, or start ecadesk again, for a new one.</p>',
            ),
          );
      return plainPage(
        'Help desk',
        `<form method="post" action="/desk/sign-in"><input type="hidden" name="token" value="${parsed.data.token}"><button class="primary">Open the console</button></form>`,
      );
    });

    app.post('/desk/sign-in', async (request, reply) => {
      guard.sameOrigin(request);
      const parsed = query.safeParse(request.body);
      const secret = parsed.success ? await signIns.redeem(parsed.data.token) : null;
      if (secret === null) return reply.redirect('/desk/sign-in', 303);
      reply.setCookie(guard.cookie, secret, {
        path: '/',
        httpOnly: true,
        sameSite: 'strict',
        secure: guard.secure,
        maxAge: 12 * 3600,
      });
      return reply.redirect('/desk', 303);
    });

    app.post('/desk/sign-out', async (request, reply) => {
      guard.sameOrigin(request);
      const secret = request.cookies[guard.cookie];
      if (secret !== undefined) await signIns.end(secret);
      return reply.clearCookie(guard.cookie, { path: '/' }).redirect('/desk', 303);
    });

    app.get('/desk/assets/desk.js', (_request, reply) =>
      reply.type('text/javascript; charset=utf-8').send(page.script),
    );
    app.get('/desk/assets/desk.css', (_request, reply) =>
      reply.type('text/css; charset=utf-8').send(page.style),
    );

    app.get('/desk/stream', async (request, reply) => {
      await guard.session(request);
      reply.hijack();
      reply.raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      reply.raw.write(': open\n\n');
      const stop = changes.listen(() => reply.raw.write('data: changed\n\n'));
      const beat = setInterval(() => reply.raw.write(': beat\n\n'), 20_000);
      reply.raw.on('close', () => {
        stop();
        clearInterval(beat);
      });
    });
  };
}
