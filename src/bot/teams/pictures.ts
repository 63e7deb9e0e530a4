import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyPluginAsync } from 'fastify';

/** The same names that a flow document may give its pictures: no dots or slashes that lead elsewhere. */
const pictureName = /^[a-z0-9-]{1,80}\.png$/;
const path = '/teams/pictures';

/** A flow's drawings, for Teams' clients to load; they hold nothing about anybody. */
export function pictureRoutes(directory: string): FastifyPluginAsync {
  return async (app) => {
    app.get<{ Params: { file: string } }>(`${path}/:file`, async (request, reply) => {
      const { file } = request.params;
      if (!pictureName.test(file)) return reply.callNotFound();
      const picture = await readIfThere(join(directory, file));
      if (!picture) return reply.callNotFound();
      return reply
        .headers({ 'cache-control': 'public, max-age=3600', 'cross-origin-resource-policy': 'cross-origin' })
        .type('image/png')
        .send(picture);
    });
  };
}

/** Null where the server has no address that Teams could load from. */
export function pictureAddress(base: string | null, file: string): string | null {
  return base !== null && pictureName.test(file) ? `${base.replace(/\/$/, '')}${path}/${file}` : null;
}

async function readIfThere(file: string): Promise<Buffer | null> {
  try {
    return await readFile(file);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
