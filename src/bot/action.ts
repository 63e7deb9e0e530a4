import { z } from 'zod';

/**
 * What a button means. It carries ids only and is never trusted: a press is an event that `decide` may call stale.
 * As text (`encodeAction`) it stays far below Slack's 255 characters for an action id.
 */
export const action = z.object({
  verb: z.string().regex(/^[a-z-]{1,32}$/),
  /** The journey, escalation or other thing that it is about. */
  about: z.string().max(64).optional(),
  step: z.string().max(48).optional(),
  revision: z.number().int().nonnegative().optional(),
  /** An answer, problem or other choice. */
  arg: z.string().max(64).optional(),
});
export type Action = z.output<typeof action>;

/** `verb|about|step|revision|arg`, none of which may hold a bar. */
export function encodeAction(a: Action): string {
  return [a.verb, a.about ?? '', a.step ?? '', a.revision ?? '', a.arg ?? ''].join('|');
}

/** The action in a text that came from outside, or null where it is none. */
export function decodeAction(text: string): Action | null {
  const [verb, about, step, revision, arg, ...rest] = text.split('|');
  if (rest.length > 0) return null;
  const parsed = action.safeParse({
    verb,
    ...(about && { about }),
    ...(step && { step }),
    ...(revision && /^\d+$/.test(revision) && { revision: Number(revision) }),
    ...(arg && { arg }),
  });
  return parsed.success ? parsed.data : null;
}
