import cookie from '@fastify/cookie';
import type { FastifyPluginAsync } from 'fastify';
import type { Changes } from '../store/changes.ts';
import type { ApiKey } from './api-keys.ts';
import { createGuard } from './guard.ts';
import { pageRoutes } from './page-routes.ts';
import { useProblems } from './problem.ts';
import { type ApiParts, apiRoutes } from './routes/api.ts';
import type { Random } from './secrets.ts';
import { createShell, type Page } from './shell.ts';
import { SignIns } from './sign-in.ts';
import { signInRoutes } from './sign-in-routes.ts';
import type { Staff } from './staff.ts';
import { streamRoutes } from './stream.ts';

export { loadDeskPage } from './shell.ts';

export interface DeskParts extends Omit<ApiParts, 'guard'> {
  apiKeys: readonly ApiKey[];
  /** Where the console is reached from outside; with https its cookie is Secure. */
  publicUrl: string | null;
  random: Random;
  changes: Changes;
  /** The bundled console. */
  page: Page;
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
  const shell = createShell(parts.page);
  return {
    issueSignIn: (staff) => signIns.issue(staff),
    routes: async (app) => {
      await app.register(cookie);
      useProblems(app);
      await app.register(apiRoutes({ ...parts, guard }), { prefix: '/api/v1' });
      await app.register(signInRoutes(signIns, guard, shell));
      await app.register(streamRoutes(guard, parts.changes, parts.clock));
      await app.register(pageRoutes(parts.page, shell));
    },
  };
}
