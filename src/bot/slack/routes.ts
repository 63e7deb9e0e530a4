import type { IncomingMessage } from 'node:http';
import type { HTTPReceiver } from '@slack/bolt';
import type { FastifyPluginAsync } from 'fastify';
import { decodeHttp, isForm } from './body.ts';
import { signatureCheck } from './verify.ts';

export const eventsPath = '/slack/events';

/** Slack's own requests are far smaller; a view with much text is some hundred kilobytes. */
const bodyLimit = 1024 * 1024;

/**
 * `POST /slack/events`: verifies that Slack sent it, then hands it to Bolt. An answer never says what was wrong.
 * @throws {SlackSetupError} for an empty secret
 */
export function slackRoutes(secret: string, receiver: HTTPReceiver, clock: () => Date): FastifyPluginAsync {
  const isSigned = signatureCheck(secret);
  return async (app) => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit }, (_request, body, done) =>
      done(null, body),
    );
    app.post(
      eventsPath,
      { bodyLimit, config: { rateLimit: false }, helmet: false },
      async (request, reply) => {
        const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
        const { headers } = request;
        const type = headers['content-type'];
        // Slack's certificate check is not signed, asks for nothing and is given nothing.
        if (
          isForm(type) &&
          body.includes('ssl_check') &&
          new URLSearchParams(body.toString()).get('ssl_check') === '1'
        )
          return reply.code(200).send();
        const timestamp = headers['x-slack-request-timestamp'];
        const signature = headers['x-slack-signature'];
        if (!isSigned({ timestamp, signature, body, now: clock().getTime() })) return reply.code(401).send();
        const decoded = decodeHttp(type, body);
        if (decoded === null) return reply.code(400).send();
        const raw: IncomingMessage & { rawBody?: Buffer } = request.raw;
        raw.rawBody = decoded.raw;
        raw.headers['content-type'] = decoded.type;
        reply.hijack();
        receiver.requestListener(raw, reply.raw);
      },
    );
  };
}
