import type { FastifyInstance, FastifyReply } from 'fastify';
import { hasZodFastifySchemaValidationErrors, isResponseSerializationError } from 'fastify-type-provider-zod';
import type { ProblemDetails } from './wire.ts';

const titles = {
  malformed: [400, 'The request cannot be read'],
  'bad-cursor': [400, 'The cursor cannot be read'],
  'not-signed-in': [401, 'Sign in first'],
  'foreign-origin': [403, 'This request came from another site'],
  'leads-only': [403, 'Only leads may do this'],
  'not-found': [404, 'There is no such thing'],
  'already-claimed': [409, 'Somebody else was first'],
  'already-resolved': [409, 'It is resolved already'],
  refused: [400, 'The request was refused'],
  failed: [500, 'Something went wrong on the server'],
} as const satisfies Record<string, readonly [number, string]>;

export type ProblemCode = keyof typeof titles;
type More = Pick<ProblemDetails, 'errors' | 'by'>;

/** An answer that is an error: a stable code, and a sentence that says what to do. */
export class DeskProblem extends Error {
  override name = 'DeskProblem';
  readonly code: ProblemCode;
  readonly more: More;
  constructor(code: ProblemCode, detail: string, more: More = {}) {
    super(detail);
    this.code = code;
    this.more = more;
  }
}

/** Problem details of RFC 9457. `status` differs from the code's own where Fastify had already chosen one. */
export function problemDetails(
  code: ProblemCode,
  detail: string,
  more: More = {},
  status?: number,
): ProblemDetails {
  const [usual, title] = titles[code];
  return { type: `urn:ecadesk:problem:${code}`, title, status: status ?? usual, detail, code, ...more };
}

export function sendProblem(reply: FastifyReply, problem: ProblemDetails): FastifyReply {
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer realm="ecadesk"');
  const instance = `urn:ecadesk:request:${reply.request.id}`;
  return reply
    .code(problem.status)
    .type('application/problem+json; charset=utf-8')
    .header('cache-control', 'no-store')
    .send(JSON.stringify({ ...problem, instance }));
}

/** Every error of this scope leaves as problem details; what went wrong inside is logged, not told. */
export function useProblems(app: FastifyInstance): void {
  app.setErrorHandler((error, request, reply) => {
    const problem = toProblem(error);
    if (problem.status >= 500) request.log.error({ err: error }, 'the desk could not answer');
    return sendProblem(reply, problem);
  });
}

/** For the API's prefix: an address that is none. */
export function useNotFound(app: FastifyInstance): void {
  app.setNotFoundHandler((_request, reply) =>
    sendProblem(
      reply,
      problemDetails('not-found', 'Look at /api/v1/openapi.json for the addresses there are.'),
    ),
  );
}

function toProblem(error: unknown): ProblemDetails {
  if (error instanceof DeskProblem) return problemDetails(error.code, error.message, error.more);
  if (hasZodFastifySchemaValidationErrors(error)) {
    const errors = error.validation.map((v) => ({
      path: `${error.validationContext ?? 'request'}${v.instancePath}`,
      message: v.message ?? 'is not as it should be',
    }));
    return problemDetails('malformed', 'Correct the parts named in "errors".', { errors });
  }
  const status = statusOf(error);
  if (isResponseSerializationError(error) || status >= 500)
    return problemDetails('failed', 'Try again; the server log has the reason.');
  return problemDetails('refused', error instanceof Error ? error.message : 'Unknown reason.', {}, status);
}

function statusOf(error: unknown): number {
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
  return typeof status === 'number' && status >= 400 ? status : 500;
}
