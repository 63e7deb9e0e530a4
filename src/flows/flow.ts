import { z } from 'zod';

/**
 * The shape of a flow document: a procedure as data. It says WHAT is asked of the employee and is written in
 * YAML; `check.ts` adds the rules that a schema cannot say (targets exist, every step can be reached, ...).
 */

const id = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'write lower-case words joined by hyphens, such as "find-email"')
  .max(48);

/** Text in the Markdown subset of `markdown.ts`; `{{values}}` are filled in from the configuration. */
const prose = z.string().trim().min(1).max(2400);
const line = z.string().trim().min(1).max(150);

/** How long, as in "30m", "4h", "2d". */
const duration = z.string().regex(/^[1-9]\d*[mhd]$/, 'write a number and m, h or d, such as "4h"');

/** Where a sentence comes from: the company's guide, the company, public material, or this product. */
export const source = z.enum(['guide', 'company', 'public', 'product']);

/** Things that a paired agent can prove, and things that it can do. The agent's own protocol lists the same names. */
export const evidence = z.enum([
  'windows',
  'opensc-installed',
  'restarted',
  'token-absent',
  'token-present',
  'certificate',
]);
export const agentAction = z.enum(['opensc.install', 'system.restart']);
/** All that a journey asks a computer for: to look, and to do. */
export const agentTask = z.enum([
  'system.inspect',
  'opensc.inspect',
  'token.inspect',
  ...agentAction.options,
]);

/** All of the given facts must hold, else the step, answer or problem does not exist for this person now. */
export const condition = z
  .strictObject({
    issue: z.strictObject({ id, is: z.enum(['open', 'closed']) }).optional(),
    setting: z.strictObject({ id, is: z.boolean() }).optional(),
  })
  .describe('Applies only while the known issue or setting has this state');

const picture = z.strictObject({
  file: z.string().regex(/^[a-z0-9-]+\.png$/, 'name a PNG file in the flow\'s "pictures" folder'),
  alt: z.string().trim().min(10).max(400).describe('What the picture shows, for those who cannot see it'),
});

/** The journey rests: for whom or what, and for how many days at first. It is not stuck meanwhile. */
const wait = z.strictObject({ for: line, days: z.number().int().min(1).max(30), resume: z.string().max(75) });

const answer = z.strictObject({
  id,
  label: z.string().trim().min(1).max(75),
  to: id.optional().describe('The step this leads to; the next one when absent'),
  problem: id.optional().describe('Opens this problem instead of leading to a step'),
  wait: wait.optional(),
  escalate: id.optional().describe('Tells the help desk, with this reason, and goes on'),
  style: z.enum(['primary', 'plain']).default('plain'),
  proven: z.boolean().default(false).describe("The answer that the step's evidence gives by itself"),
  when: condition.optional(),
});

export const problem = z.strictObject({
  id,
  symptom: z.string().trim().min(3).max(75).describe('In the words of the employee, as a button'),
  keywords: z.array(z.string()).default([]).describe('Other words people use for it'),
  help: prose,
  picture: picture.optional(),
  source,
  escalate: id.describe('The reason the help desk is given when this did not help'),
  to: id.optional().describe('The step to go to when it is solved; the same one when absent'),
  verdicts: z
    .array(id)
    .default([])
    .describe('What a paired computer finds, or how its task ends, that opens this problem by itself'),
  wait: wait.optional().describe('What the journey waits for once the help desk has been told'),
  when: condition.optional(),
});

export const step = z.strictObject({
  id,
  title: z.string().trim().min(1).max(100),
  body: prose,
  picture: picture.optional(),
  minutes: z.number().min(0).max(120),
  source,
  guide: z.array(z.string()).default([]).describe('The rows of the guide that this step carries'),
  secret: z
    .boolean()
    .default(false)
    .describe(
      'The employee handles a secret here: whatever is typed is neither stored, logged nor forwarded',
    ),
  detour: z.boolean().default(false).describe('Reached only by an answer; not counted in "step 3 of 15"'),
  when: condition.optional(),
  done: z.string().max(75).default('Done').describe('The label of the Done button'),
  answers: z.array(answer).max(8).default([]).describe('Take the place of Done'),
  ask: z
    .strictObject({ kind: z.literal('signed-on'), label: z.string().max(75), unknown: z.string().max(75) })
    .optional()
    .describe('Asks for a date: when the notary or trusted agent signed'),
  evidence: z.array(evidence).default([]).describe('What a paired agent can prove here'),
  identity: z
    .strictObject({ yes: z.string().max(75), no: z.string().max(75), problem: id })
    .optional()
    .describe(
      '"Is this you?": the buttons asked once the computer shows a certificate; no opens the problem',
    ),
  actions: z.array(agentAction).default([]).describe('What a paired agent can do here'),
  nudges: z.array(duration).max(3).optional().describe('How long after the last word each reminder comes'),
  limit: duration.default('1d').describe('How long after the last reminder the person counts as stuck'),
  problems: z.array(problem).max(12).default([]),
});

export const flowDocument = z.strictObject({
  flow: id,
  title: line,
  nudges: z.array(duration).min(1).max(3).default(['4h', '1d', '2d']),
  reasons: z.record(id, line).describe('Why the help desk is called: a code and words for staff'),
  issues: z
    .array(z.strictObject({ id, title: line, open: z.boolean(), reason: id }))
    .default([])
    .describe('Known issues, as they are when the flow is first published; staff open and close them'),
  sections: z.array(z.strictObject({ id, title: line, steps: z.array(step).min(1) })).min(1),
  problems: z.array(problem).default([]).describe('Problems that may occur at any step'),
  end: z.strictObject({ title: line, body: prose, picture: picture.optional() }),
});

export type FlowDocument = z.output<typeof flowDocument>;
export type Step = z.output<typeof step>;
export type Answer = z.output<typeof answer>;
export type Problem = z.output<typeof problem>;
export type Condition = z.output<typeof condition>;
export type Source = z.output<typeof source>;
export type Evidence = z.output<typeof evidence>;
export type AgentAction = z.output<typeof agentAction>;
export type AgentTask = z.output<typeof agentTask>;
export type Wait = z.output<typeof wait>;
export type Picture = z.output<typeof picture>;
