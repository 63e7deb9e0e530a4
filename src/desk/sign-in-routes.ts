import type { FastifyPluginAsync } from 'fastify';
import type { Guard } from './guard.ts';
import type { Shell } from './shell.ts';
import { type SignIns, sessionLifetime } from './sign-in.ts';
import { askPage, spentPage } from './sign-in-page.ts';

/**
 * Signing in and out. A link is looked at by chat programs' previews and mail scanners, so GET uses nothing up: it
 * shows a page with a button, and only that button's POST spends the token.
 */
export function signInRoutes(signIns: SignIns, guard: Guard, shell: Shell): FastifyPluginAsync {
  return async (app) => {
    app.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string', bodyLimit: 4096 },
      (_request, body, done) => done(null, new URLSearchParams(String(body))),
    );
    app.addHook('onSend', async (_request, reply) => {
      reply.header('content-security-policy', shell.policy).header('cache-control', 'no-store');
      // Not "no-referrer": it would make the browser hide the Origin of the button's POST.
      reply.header('referrer-policy', 'same-origin').header('x-content-type-options', 'nosniff');
    });

    app.get<{ Querystring: { token?: unknown } }>('/desk/sign-in', async ({ query }, reply) => {
      const token = typeof query.token === 'string' ? query.token : '';
      const staff = await signIns.peek(token);
      reply.type('text/html; charset=utf-8');
      return staff ? askPage(shell, token, staff.name) : reply.code(410).send(spentPage(shell));
    });

    app.post('/desk/sign-in', async (request, reply) => {
      guard.sameOrigin(request);
      const token = request.body instanceof URLSearchParams ? request.body.get('token') : null;
      const secret = token === null ? null : await signIns.redeem(token);
      if (secret === null) return reply.code(410).type('text/html; charset=utf-8').send(spentPage(shell));
      return reply
        .setCookie(guard.cookie, secret, { ...cookieOptions, secure: guard.secure })
        .redirect('/desk', 303);
    });

    app.post('/desk/sign-out', async (request, reply) => {
      guard.sameOrigin(request);
      const secret = request.cookies[guard.cookie];
      if (secret !== undefined) await signIns.end(secret);
      return reply
        .clearCookie(guard.cookie, { ...cookieOptions, secure: guard.secure })
        .redirect('/desk', 303);
    });
  };
}

const cookieOptions = {
  path: '/',
  httpOnly: true,
  sameSite: 'strict',
  maxAge: sessionLifetime / 1000,
} as const;
