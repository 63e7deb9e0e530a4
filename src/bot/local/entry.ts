import { z } from 'zod';
import { message } from '../message.ts';

/**
 * One line of a conversation's log. The log only grows: an edit or a deletion is a line of its own, so that a page
 * which was away asks for "everything after line n" and misses nothing.
 */
export const entryBody = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('post'), message }),
  z.object({ kind: z.literal('edit'), target: z.uuid(), message }),
  z.object({ kind: z.literal('delete'), target: z.uuid() }),
  /** The employee's own words; null where they were removed because they may have been a secret. */
  z.object({ kind: z.literal('said'), text: z.string().nullable() }),
]);
export type EntryBody = z.output<typeof entryBody>;

export const entry = z.object({
  seq: z.number().int(),
  id: z.uuid(),
  at: z.iso.datetime(),
  body: entryBody,
});
export type Entry = z.output<typeof entry>;

/** The channel's own reference to a posted message. */
export const messageRef = z.object({ id: z.uuid() });
