import cookie from '@fastify/cookie';
import swagger from '@fastify/swagger';
import type { FastifyPluginAsync } from 'fastify';
import { jsonSchemaTransform } from 'fastify-type-provider-zod';
import type { ApiKey } from './api-keys.ts';
import { createGuard } from './guard.ts';
import { useProblems } from './problem.ts';
import { type ApiParts, apiRoutes } from './routes/api.ts';
import { type ConsoleParts, consoleRoutes } from './routes/console.ts';
import type { Random } from './secrets.ts';
import { SignIns } from './sign-in.ts';
import type { Staff } from './staff.ts';

export interface DeskParts extends Omit<ApiParts, 'guard'>, Pick<ConsoleParts, 'changes' | 'page'> {
  apiKeys: readonly ApiKey[];
  publicUrl: string | null;
  random: Random;
}

export interface Desk {
  routes: FastifyPluginAsync;
  /** The path that signs this member of staff in: once, within ten minutes. */
  issueSignIn(staff: Staff): Promise<string>;
}

/** What the help desk sees and does: the console and the JSON API. */
export function createDesk(parts: DeskParts): Desk {
  const signIns = new SignIns(parts);
  const guard = createGuard(signIns, parts.apiKeys, parts.publicUrl);
  return {
    issueSignIn: (staff) => signIns.issue(staff),
    routes: async (app) => {
      await app.register(cookie);
      useProblems(app);
      await app.register(swagger, {
        openapi: { openapi: '3.1.0', info: { title: 'ecadesk', version: '1' } },
        transform: jsonSchemaTransform,
      });
      await app.register(apiRoutes({ ...parts, guard }), { prefix: '/api/v1' });
      await app.register(consoleRoutes({ ...parts, guard, signIns }));
    },
  };
}
