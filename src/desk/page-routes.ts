import type { FastifyPluginAsync } from 'fastify';
import { htmlPage, icon, mark, type Page, type Shell } from './shell.ts';

const forEver = 'private, max-age=31536000, immutable';

/** The console's page and its parts. They hold no data, so they need no session; what they show comes from the API. */
export function pageRoutes(page: Page, shell: Shell): FastifyPluginAsync {
  const assets = new Map([
    ['desk.js', { type: 'text/javascript; charset=utf-8', content: page.script }],
    ['desk.css', { type: 'text/css; charset=utf-8', content: page.style }],
    ['icon.svg', { type: 'image/svg+xml', content: icon }],
  ]);
  const html = htmlPage(
    shell,
    'Help desk · ecadesk',
    `<div id="app"></div>
<noscript>The help desk needs JavaScript. Please switch it on for this address and load the page again.</noscript>`,
    true,
  );

  return async (app) => {
    app.addHook('onSend', async (_request, reply) => {
      reply.header('content-security-policy', shell.policy).header('x-content-type-options', 'nosniff');
      reply.header('referrer-policy', 'same-origin');
      if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
    });

    app.get('/desk', (_request, reply) => reply.type('text/html; charset=utf-8').send(html));

    app.get<{ Params: { name: string }; Querystring: { v?: string } }>(
      '/desk/assets/:name',
      (request, reply) => {
        const asset = assets.get(request.params.name);
        if (!asset) return reply.callNotFound();
        if (request.query.v === mark(asset.content)) reply.header('cache-control', forEver);
        return reply.type(asset.type).send(asset.content);
      },
    );
  };
}
