import { z } from 'zod';
import { decodeAction } from '../action.ts';
import { entry } from './entry.ts';
import { browserProfile, employeeId } from './who.ts';

/** What page and server send each other. Both sides parse what they get through these. */

/** The most that one message may hold, in UTF-16 units. */
export const longestText = 200_000;

/** PostgreSQL's JSON takes neither NUL nor half of a surrogate pair; both are invisible to the person. */
const text = z.string().transform((raw) => raw.replaceAll('\u0000', '').toWellFormed());

const sender = {
  /** Made by the page, kept when it tries again: so a second try is a duplicate. */
  id: z.uuid(),
  as: employeeId,
  ...browserProfile.shape,
};

export const sayRequest = z.object({ ...sender, text: text.pipe(z.string().min(1).max(longestText)) });
export const pressRequest = z.object({
  ...sender,
  action: z
    .string()
    .max(400)
    .transform((encoded, context) => {
      const action = decodeAction(encoded);
      if (action) return action;
      context.addIssue({ code: 'custom', message: 'this is no action' });
      return z.NEVER;
    }),
  value: text.pipe(z.string().max(2000)).optional(),
});
export const openRequest = z.object({ as: employeeId, ...browserProfile.shape });

export const pageQuery = z.object({ as: employeeId });
export const streamQuery = z.object({
  as: employeeId,
  after: z.coerce.number().int().nonnegative().optional(),
});

export const transcriptResponse = z.object({ last: z.number().int(), entries: z.array(entry) });
export const receivedResponse = z.object({ received: z.enum(['received', 'duplicate']) });

/** What went wrong: a stable code, and a sentence for the person. */
export const faultResponse = z.object({ code: z.string(), message: z.string() });
export type Fault = z.output<typeof faultResponse>;

/**
 * The live stream's events beside `entry`, whose data is an `Entry` and whose id is its `seq`.
 * - `ready`: all that was missed has been sent.
 * - `beat`: the line lives; every `beatEvery` milliseconds.
 * - `reset`: this server has never written the line that the page named; load the transcript anew.
 */
export const beatEvery = 15_000;
