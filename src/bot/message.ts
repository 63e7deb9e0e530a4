import { z } from 'zod';
import { action } from './action.ts';

/**
 * What the bot says, in no channel's idiom. Channels render it: Block Kit, Adaptive Cards, HTML. It is stored as
 * JSON in the outbox and read back through this schema.
 */

const button = z.object({
  action,
  label: z.string().min(1).max(75),
  style: z.enum(['primary', 'danger', 'plain']),
  /** Asked before the press counts. */
  confirm: z.object({ title: z.string(), text: z.string(), yes: z.string(), no: z.string() }).optional(),
});

/** Something to fill in. The submitted value comes back with `action`. */
const input = z.object({
  kind: z.enum(['date', 'text']),
  label: z.string(),
  placeholder: z.string().optional(),
  /** For dates: the latest that makes sense, as YYYY-MM-DD. */
  max: z.string().optional(),
  submit: z.string(),
  action,
});

export const message = z.object({
  /** All of it in a sentence, plain text: for notifications and screen readers. */
  summary: z.string().min(1),
  tone: z.enum(['step', 'info', 'warning', 'success', 'staff']),
  /** What was just finished, as one line: "Step 3 · Restart your computer". */
  finished: z.string().optional(),
  /** `text` says it in words ("Step 3 of 15 · about 4 min"); the bar only repeats it. */
  progress: z.object({ step: z.number().int(), of: z.number().int(), text: z.string() }).optional(),
  title: z.string().optional(),
  /** In the Markdown subset of `flows/markdown.ts`. */
  body: z.string().optional(),
  /** A file of the flow's pictures, with what it shows. */
  picture: z.object({ file: z.string(), alt: z.string() }).optional(),
  fields: z.array(z.object({ label: z.string(), value: z.string() })).default([]),
  /** "What do you see?": a question with answers to choose from, above the buttons that every step has. */
  choices: z.object({ prompt: z.string(), options: z.array(button) }).optional(),
  input: input.optional(),
  buttons: z.array(button).default([]),
  /** Small print: where a step comes from, when the help desk is there. */
  note: z.string().optional(),
});

export type Message = z.output<typeof message>;
export type Button = z.output<typeof button>;
export type Input = z.output<typeof input>;
