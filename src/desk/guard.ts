import type { FastifyRequest } from 'fastify';
import { type ApiKey, holderOf } from './api-keys.ts';
import { DeskProblem } from './problem.ts';
import type { Session, SignIns } from './sign-in.ts';
import type { Staff } from './staff.ts';

/** Who asks. `expiresAt` is null for a key. */
export interface Caller extends Staff {
  expiresAt: Date | null;
}

export interface Guard {
  /** @throws {DeskProblem} not-signed-in, foreign-origin */
  caller(request: FastifyRequest): Promise<Caller>;
  /** The console's own session; keys do not count. @throws {DeskProblem} not-signed-in */
  session(request: FastifyRequest): Promise<Session>;
  /** A page of another site may not act in somebody's name. @throws {DeskProblem} foreign-origin */
  sameOrigin(request: FastifyRequest): void;
  cookie: string;
  secure: boolean;
}

const safe = new Set(['GET', 'HEAD', 'OPTIONS']);

export function createGuard(signIns: SignIns, apiKeys: readonly ApiKey[], publicUrl: string | null): Guard {
  const home = publicUrl === null ? null : new URL(publicUrl).origin;
  const secure = home?.startsWith('https:') ?? false;
  const cookie = secure ? '__Host-ecadesk' : 'ecadesk-desk';

  /** Browsers send Origin with every POST; it must name this server. The cookie is SameSite=Strict besides. */
  function sameOrigin(request: FastifyRequest): void {
    const { origin } = request.headers;
    const own = [home, `http://${request.headers.host}`, `https://${request.headers.host}`];
    if (origin !== undefined && own.includes(origin)) return;
    throw new DeskProblem('foreign-origin', 'Use the console itself, or a key in the Authorization header.');
  }

  async function session(request: FastifyRequest): Promise<Session> {
    const secret = request.cookies[cookie];
    const found = secret === undefined ? null : await signIns.session(secret);
    if (found) return found;
    throw new DeskProblem(
      'not-signed-in',
      'Type "console" to the bot for a sign-in link, or send a key as "Authorization: Bearer <key>".',
    );
  }

  async function caller(request: FastifyRequest): Promise<Caller> {
    const { authorization } = request.headers;
    if (authorization !== undefined) {
      const key = /^Bearer +(\S+) *$/i.exec(authorization)?.[1];
      const holder = key === undefined ? null : holderOf(apiKeys, key);
      if (holder) return { ...holder, expiresAt: null };
      throw new DeskProblem(
        'not-signed-in',
        'This key is not known: ask who runs ecadesk for one (DESK_API_KEYS).',
      );
    }
    const found = await session(request);
    if (!safe.has(request.method)) sameOrigin(request);
    return found;
  }

  return { caller, session, sameOrigin, cookie, secure };
}
