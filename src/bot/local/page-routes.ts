import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyPluginAsync } from 'fastify';
import { contentSecurityPolicy, icon, mark, type Page, shell } from './shell.ts';

interface PageParts {
  page: Page;
  picturesDir: string;
}

/** The same names that a flow document may give its pictures: no dots or slashes that lead elsewhere. */
const pictureName = /^[a-z0-9-]{1,80}\.png$/;
const forEver = 'private, max-age=31536000, immutable';

/** What a browser loads: the page, its script and style, its icon, and the flow's pictures. */
export function pageRoutes({ page, picturesDir }: PageParts): FastifyPluginAsync {
  const html = shell(page);
  const assets = new Map([
    ['chat.js', { type: 'text/javascript; charset=utf-8', content: page.script }],
    ['chat.css', { type: 'text/css; charset=utf-8', content: page.style }],
    ['icon.svg', { type: 'image/svg+xml', content: icon }],
  ]);

  return async (app) => {
    app.get('/', (request, reply) => reply.redirect(`/chat${new URL(request.url, 'http://here').search}`));

    app.get('/chat', (_request, reply) =>
      reply
        .header('content-security-policy', contentSecurityPolicy)
        .type('text/html; charset=utf-8')
        .send(html),
    );

    app.get<{ Params: { name: string }; Querystring: { v?: string } }>(
      '/chat/assets/:name',
      (request, reply) => {
        const asset = assets.get(request.params.name);
        if (!asset) return reply.callNotFound();
        if (request.query.v === mark(asset.content)) reply.header('cache-control', forEver);
        return reply.type(asset.type).send(asset.content);
      },
    );

    app.get<{ Params: { file: string } }>('/chat/pictures/:file', async (request, reply) => {
      if (!pictureName.test(request.params.file)) return reply.callNotFound();
      const picture = await readIfThere(join(picturesDir, request.params.file));
      if (!picture) return reply.callNotFound();
      return reply.header('cache-control', 'private, max-age=300').type('image/png').send(picture);
    });
  };
}

async function readIfThere(path: string): Promise<Buffer | null> {
  try {
    return await readFile(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
