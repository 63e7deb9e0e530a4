import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyPluginAsync } from 'fastify';
import type { PictureSource } from './parts.ts';

/** The same names that a flow document may give its pictures: no dots or slashes that lead elsewhere. */
const fileName = /^[a-z0-9-]+\.png$/;
const path = '/slack/pictures';

/**
 * The flow's pictures in a folder.
 * @param publicUrl the service's address, where Slack's servers can reach it by https; null or another: they cannot
 */
export function pictureFolder(folder: string, publicUrl: string | null): PictureSource {
  const base = publicUrl?.startsWith('https://') ? publicUrl.replace(/\/$/, '') : null;
  return {
    address: (file) => (base !== null && fileName.test(file) ? `${base}${path}/${file}` : null),
    async read(file) {
      if (!fileName.test(file)) throw new Error(`"${file}" is no name of a picture.`);
      return readFile(join(folder, file));
    },
  };
}

/** Serves the pictures to Slack's servers, which load them once for everybody. They are no secret. */
export function pictureRoutes(source: PictureSource): FastifyPluginAsync {
  return async (app) => {
    app.get<{ Params: { file: string } }>(`${path}/:file`, async ({ params }, reply) => {
      const picture = await source.read(params.file).catch(() => null);
      if (picture === null) return reply.code(404).send();
      return reply.type('image/png').header('cache-control', 'public, max-age=3600').send(picture);
    });
  };
}
