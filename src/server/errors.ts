import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { codeOfStatus, Problem, type ProblemPlace, sendProblem } from './problem.ts';

/** Every error leaves as problem details: a caller's own mistake with what to mend, ours with no detail at all. */
export function answerErrors(app: FastifyInstance): void {
  app.setErrorHandler<FastifyError>(answer);
  app.setNotFoundHandler((_request, reply) => sendProblem(reply, 'not-found'));
}

function answer(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error instanceof Problem) {
    if (error.statusCode >= 500) request.log.error({ err: error }, 'a request failed');
    return sendProblem(reply, error.code, { detail: error.message, errors: error.errors });
  }
  const status = error.statusCode ?? 500;
  if (status < 400 || status >= 500) {
    request.log.error({ err: error }, 'a request failed');
    return sendProblem(reply, status === 503 ? 'not-ready' : 'internal');
  }
  return sendProblem(reply, codeOfStatus(status), { errors: placesOf(error) });
}

function placesOf(error: FastifyError): ProblemPlace[] | undefined {
  if (!hasZodFastifySchemaValidationErrors(error)) return undefined;
  return error.validation.map(({ instancePath, message }) => ({
    path: `${error.validationContext ?? 'request'}${instancePath}`,
    message: message ?? 'is not understood',
  }));
}
