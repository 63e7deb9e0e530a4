import { z } from 'zod';
import { DeskProblem } from './problem.ts';

/**
 * A place in a list, as text that a caller only hands back. It names the last item shown by what the list is sorted
 * by, so items that come and go neither repeat nor hide others.
 */

export function encodeCursor(place: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

/** @throws {DeskProblem} bad-cursor */
export function decodeCursor<T>(text: string, shape: z.ZodType<T>): T {
  const parsed = json.pipe(shape).safeParse(Buffer.from(text, 'base64url').toString('utf8'));
  if (!parsed.success)
    throw new DeskProblem('bad-cursor', 'Use a cursor exactly as "next" gave it, with the same filters.');
  return parsed.data;
}

const json = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue({ code: 'custom', message: 'not JSON' });
    return z.NEVER;
  }
});

/** Sorted by a time (milliseconds since 1970), then by id. */
export const timeAndId = z.tuple([z.number().int().min(-8.64e15).max(8.64e15), z.uuid()]);
export type TimeAndId = z.output<typeof timeAndId>;
