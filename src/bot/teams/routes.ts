import type { FastifyPluginAsync } from 'fastify';
import { type Activity, activity, tenantOf } from './activity.ts';
import { Unauthorized } from './auth/verify.ts';
import type { Answer, Process } from './sdk/adapter.ts';

export interface RouteParts {
  /** @throws {Unauthorized} */
  admit: (authorization: string | undefined, activity: Activity, tenant: string | null) => Promise<void>;
  process: Process;
  /** Called for each admitted activity, before it is worked on. */
  seen: (activity: Activity) => void;
  warn: (error: unknown, what: string) => void;
}

/** Teams sends at most some 28 KB of text; a card's data and a quoted message come on top. */
const largestBody = 256 * 1024;

/**
 * `POST /api/messages`. What is no activity is refused with 400, who may not speak with 401, each without a word of
 * why; only then does the SDK see it, which answers both with 500 or not at all. 503: it was not saved.
 */
export function teamsRoutes({ admit, process, seen, warn }: RouteParts): FastifyPluginAsync {
  async function answer(authorization: string | undefined, body: unknown): Promise<Answer> {
    const parsed = activity.safeParse(body);
    if (!parsed.success) return { status: 400 };
    try {
      await admit(authorization, parsed.data, tenantOf(parsed.data));
    } catch (error) {
      if (!(error instanceof Unauthorized)) throw error;
      warn(error, 'a request for Teams was turned away');
      return { status: 401 };
    }
    seen(parsed.data);
    try {
      const done = await process(authorization, parsed.data);
      // The SDK puts its reasons into the answer; they are nobody's business.
      return done.status < 400 ? done : { status: done.status === 401 ? 401 : 400 };
    } catch (error) {
      warn(error, 'an activity was not worked on');
      return { status: 503 };
    }
  }

  return async (app) => {
    app.post('/api/messages', { bodyLimit: largestBody, helmet: false }, async (request, reply) => {
      const { status, body } = await answer(request.headers.authorization, request.body);
      return reply.code(status).send(body);
    });
  };
}
