import { z } from 'zod';
import { evidence } from './flow.ts';

/**
 * Where one person is in a flow. Plain data: stored as JSON, read back through this schema.
 * All times are milliseconds since 1970 (UTC).
 */

const time = z.number().int();

/** What the person is looking at: the step itself, its list of problems, or the help for one of them. */
export const view = z.discriminatedUnion('at', [
  z.object({ at: z.literal('step') }),
  z.object({ at: z.literal('problems') }),
  z.object({ at: z.literal('help'), problem: z.string() }),
]);

/** A call for the help desk that nobody has settled yet. */
export const escalation = z.object({
  id: z.string(),
  reason: z.string(),
  /** Leaving this step settles it; null: only staff settle it. */
  step: z.string().nullable(),
  /** Who claimed it. */
  by: z.object({ id: z.string(), name: z.string() }).nullable(),
  priority: z.enum(['normal', 'urgent']),
  at: time,
  /** Problems that had been looked at by then. */
  tried: z.array(z.string()),
  /** What the computer had found by then, in words; absent in escalations of before there were computers. */
  found: z.string().nullable().default(null),
});

export const journeyState = z.object({
  v: z.literal(1),
  flow: z.string(),
  version: z.number().int(),
  status: z.enum(['new', 'active', 'paused', 'waiting', 'done']),
  step: z.string(),
  view,
  /** Goes up with each change that makes older buttons stale. */
  revision: z.number().int(),
  /** Steps left behind, the latest last; `back` takes one off. */
  path: z.array(z.string()),
  /** What was answered at a step that branches. */
  answers: z.record(z.string(), z.string()),
  /** On whose word a step counts as finished. */
  proofs: z.record(z.string(), z.enum(['word', 'computer'])),
  /** Facts that the computer has proven, and when. */
  evidence: z.partialRecord(evidence, time),
  /** The paired computer; absent in journeys of before there were any. */
  computer: z.object({ device: z.string(), name: z.string(), since: time }).nullable().default(null),
  /** What the computer found at this step that stands in the way; its words are gone with the step. */
  found: z.object({ verdict: z.string(), message: z.string(), at: time }).nullable().default(null),
  /** Whose certificate the computer shows at this step, until it is left: a name, so not kept longer. */
  shown: z.string().nullable().default(null),
  startedAt: time.nullable(),
  enteredAt: time,
  /** When the employee was last heard. */
  heardAt: time,
  /** The last press, so that a double click can be told from a stale button. */
  pressed: z.object({ key: z.string(), revision: z.number().int(), at: time }).nullable(),
  /** Problems looked at during this step. */
  tried: z.array(z.object({ problem: z.string(), at: time })),
  stuck: z
    .object({ since: time, why: z.enum(['said', 'problem', 'silence']), reason: z.string() })
    .nullable(),
  /** The open ones. */
  escalations: z.array(escalation),
  waiting: z.object({ for: z.string(), resume: z.string(), until: time, days: z.number().int() }).nullable(),
  /** The next moment at which silence matters; the edge moves it into working hours. */
  timer: z.object({ kind: z.enum(['nudge', 'limit', 'wait', 'snooze']), at: time }).nullable(),
  nudged: z.number().int(),
  /** From the notary's signature (null: not known) the 30 days are watched. */
  deadline: z.object({ at: time, warned: z.boolean(), passed: z.boolean() }).nullable(),
});

export type JourneyState = z.output<typeof journeyState>;
export type View = z.output<typeof view>;
export type Escalation = z.output<typeof escalation>;
