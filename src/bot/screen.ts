import { z } from 'zod';

/**
 * What is on the person's screen, kept with the conversation: which message is the current card, and whether anything
 * came after it. An edit of a message that has scrolled away goes unseen, so then the card is posted anew.
 */
export const screen = z.object({
  card: z.object({ id: z.string(), line: z.string(), at: z.number().int() }).nullable().default(null),
  /** Something was said after the card, by either side. */
  touched: z.boolean().default(false),
});
export type Screen = z.output<typeof screen>;

/** Past this long in milliseconds nobody has the card before their eyes any more. */
const absence = 4 * 3_600_000;

export function inSight(s: Screen, at: number): boolean {
  return s.card !== null && !s.touched && at - s.card.at < absence;
}
