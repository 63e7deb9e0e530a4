import { z } from 'zod';
import { actionName } from './actions.ts';

/**
 * One thing to do, sealed by the server ('command') for one device. The agent refuses it where the signature, the
 * device, the action or its parameters are wrong, where it has expired, where its sequence is not above the last
 * one that was accepted, or where its nonce was used. A task that comes again (after a lost connection) has a new
 * sequence and nonce and the same `task`: it is never done twice; what is known of it is told again.
 */
export const command = z.strictObject({
  task: z.uuid(),
  device: z.uuid(),
  sequence: z.int().positive(),
  nonce: z.string().regex(/^[A-Za-z0-9_-]{22}$/),
  action: z.union([actionName, z.string().max(64)]),
  parameters: z.unknown(),
  /** Milliseconds since 1970, by the server's clock. */
  issuedAt: z.int(),
  expiresAt: z.int(),
});
export type Command = z.output<typeof command>;

const words = z.string().max(2_000);

/**
 * How a task ended; exactly one for each.
 * - `declined`: the employee said no. `timed-out`: no answer, which means no, or the time limit.
 * - `failed`: it was tried (or could not be); `refused`: the agent would not, for it may not.
 */
export const outcome = z.discriminatedUnion('status', [
  z.strictObject({ status: z.literal('done'), report: z.unknown() }),
  z.strictObject({ status: z.literal('declined') }),
  z.strictObject({ status: z.literal('timed-out') }),
  z.strictObject({ status: z.literal('failed'), code: z.string().max(64), message: words }),
  z.strictObject({ status: z.literal('refused'), code: z.string().max(64), message: words }),
]);
export type Outcome = z.output<typeof outcome>;

/** How far clocks may be apart (ms) before signatures of the moment are refused. */
export const clockTolerance = 5 * 60_000;
