import type { FastifyReply } from 'fastify';

/** Every error that an address of this server answers with: code, status, and what it is in a few words. */
export const problems = {
  'bad-request': { status: 400, title: 'The request is not understood' },
  'not-signed-in': { status: 401, title: 'Sign in first' },
  'not-allowed': { status: 403, title: 'This is not allowed' },
  'local-only': { status: 403, title: 'Only for a browser on this computer' },
  'not-found': { status: 404, title: 'There is nothing here' },
  'wrong-method': { status: 405, title: 'This address takes other methods' },
  'timed-out': { status: 408, title: 'The request came too slowly' },
  conflict: { status: 409, title: 'It has changed meanwhile' },
  gone: { status: 410, title: 'It is no more' },
  'too-large': { status: 413, title: 'The request is too large' },
  'wrong-media-type': { status: 415, title: 'Send JSON' },
  'too-many-requests': { status: 429, title: 'Too many requests' },
  internal: { status: 500, title: 'Something went wrong here' },
  'not-ready': { status: 503, title: 'Not ready yet' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemCode = keyof typeof problems;

/** Where in the request something is wrong, and what. */
export interface ProblemPlace {
  path: string;
  message: string;
}

interface ProblemParts {
  /** A sentence for the caller: what is wrong here, and what to do. Never internals. */
  detail?: string | undefined;
  errors?: readonly ProblemPlace[] | undefined;
  cause?: unknown;
}

/** Thrown by a route to answer with a problem. */
export class Problem extends Error {
  override name = 'Problem';
  readonly code: ProblemCode;
  readonly statusCode: number;
  readonly errors: readonly ProblemPlace[] | undefined;
  constructor(code: ProblemCode, { detail, errors, cause }: ProblemParts = {}) {
    super(detail ?? problems[code].title, { cause });
    this.code = code;
    this.statusCode = problems[code].status;
    this.errors = errors;
  }
}

/** Answers with RFC 9457 problem details. `instance` is the request's id, which the log has too. */
export function sendProblem(reply: FastifyReply, code: ProblemCode, parts: ProblemParts = {}): FastifyReply {
  const { status, title } = problems[code];
  return reply
    .code(status)
    .type('application/problem+json; charset=utf-8')
    .header('cache-control', 'no-store')
    .serializer(JSON.stringify)
    .send({
      type: `urn:ecadesk:problem:${code}`,
      title,
      status,
      code,
      ...(parts.detail && parts.detail !== title && { detail: parts.detail }),
      ...(parts.errors && { errors: parts.errors }),
      instance: `urn:ecadesk:request:${reply.request.id}`,
    });
}

/** The code for a status that Fastify or a plugin of its set. */
export function codeOfStatus(status: number): ProblemCode {
  const known = Object.entries(problems).find(([, problem]) => problem.status === status)?.[0];
  if (known !== undefined && isProblemCode(known)) return known;
  return status >= 400 && status < 500 ? 'bad-request' : 'internal';
}

function isProblemCode(text: string): text is ProblemCode {
  return text in problems;
}
