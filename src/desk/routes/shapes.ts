import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Guard } from '../guard.ts';
import type { Reading } from '../queries/reading.ts';
import * as wire from '../wire.ts';

/** What each group of API routes is given. */
export interface RouteParts extends Reading {
  guard: Guard;
}

/** A scope whose routes are typed by their zod schemas. */
export type Api = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypeProvider
>;

export const byId = z.object({ id: z.uuid() });
export const cursor = z.string().min(1).max(200).optional().describe('What "next" of the page before gave');
/** A switch in an address; absent: both. */
export const yesOrNo = z
  .enum(['true', 'false'])
  .transform((word) => word === 'true')
  .optional();

const failure = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: wire.problem } },
});

const failures = {
  400: failure('The request cannot be read'),
  401: failure('Neither signed in nor a known key'),
  403: failure('The request came from another site, or is for leads only'),
  404: failure('There is no such thing'),
  409: failure('Somebody else was first'),
  500: failure('Something went wrong on the server'),
};

type Failure = keyof typeof failures;

/** The answers of a route: its own, and the failures that every one can have beside those named. */
export function answers<T extends z.ZodType, F extends Exclude<Failure, 400 | 401 | 500> = never>(
  ok: T,
  ...more: F[]
) {
  const named = Object.fromEntries(more.map((code) => [code, failures[code]])) as Pick<typeof failures, F>;
  return { 200: ok, 400: failures[400], 401: failures[401], 500: failures[500], ...named };
}
