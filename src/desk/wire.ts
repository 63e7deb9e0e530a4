import { z } from 'zod';

/** The shapes of the JSON API, for its routes, its OpenAPI document and the console's page. Times are ISO 8601 in UTC. */

const time = z.iso.datetime();
const id = z.uuid();

export const statuses = ['stuck', 'active', 'waiting', 'paused', 'done', 'new'] as const;
export const status = z.enum(statuses).describe('"new": has met the bot but not begun');
export const priority = z
  .enum(['urgent', 'normal'])
  .describe('Urgent: the 30 days are nearly over or have passed');

/** A code and what it means, in words for staff. */
const coded = z.object({ code: z.string(), text: z.string() });
const who = z.object({ id: z.string(), name: z.string(), at: time });

export const place = z.object({
  id: z.string(),
  title: z.string(),
  number: z
    .number()
    .int()
    .describe('Of the steps that count, as the employee sees it; a detour counts as the one before it'),
  of: z.number().int(),
});

export const person = z.object({
  id,
  name: z.string().nullable().describe('Null where it is not known, or was erased'),
  identities: z.array(z.object({ provider: z.string(), tenant: z.string(), id: z.string() })),
});

export const call = z.object({
  id,
  status: z.enum(['open', 'claimed', 'resolved']),
  priority,
  reason: coded,
  openedBy: z.string().describe('employee, problem, silence or deadline'),
  openedAt: time,
  step: z.object({ id: z.string(), title: z.string() }),
  tried: z
    .array(z.object({ id: z.string(), symptom: z.string() }))
    .describe('Problems looked at before the call'),
  claimed: who.nullable(),
  resolved: who.nullable(),
});

export const journey = z.object({
  id,
  person,
  flow: z.object({ id: z.string(), version: z.number().int() }),
  status,
  since: time.describe('When it came into this status'),
  step: place,
  enteredAt: time.describe('When the current step began'),
  heardAt: time.describe('When the employee was last heard'),
  why: coded.nullable().describe('Why it is stuck'),
  waiting: z.object({ for: z.string(), until: time }).nullable(),
  deadline: z.object({ at: time, daysLeft: z.number().int(), passed: z.boolean() }).nullable(),
  priority,
  escalations: z.array(call).describe('Those that are not resolved'),
  unreachable: z.string().nullable().describe('Why the bot cannot speak to this person, if it cannot'),
});

export const escalation = call.extend({ journey });

export const happening = z.object({
  seq: z.number().int(),
  at: time,
  actor: z.object({ kind: z.string(), id: z.string().nullable() }),
  type: z.string(),
  text: z.string().describe('What happened, in words for staff'),
  step: z.object({ id: z.string(), title: z.string() }),
  toStep: z.object({ id: z.string(), title: z.string() }),
  content: z.string().nullable().describe('What the employee wrote; "(erased)" where it was erased'),
});

const next = z.string().nullable().describe('The cursor of the next page; null on the last');
const asOf = time.describe("The server's clock when this was answered");

export const journeyPage = z.object({ asOf, items: z.array(journey), next });
export const escalationPage = z.object({ asOf, items: z.array(escalation), next });
export const agentState = z
  .enum(['connected', 'offline', 'disabled', 'unpaired'])
  .describe('"disabled": the employee has switched it off at the computer');
export const agent = z.object({
  id,
  journeyId: id,
  person: z.string().nullable().describe('Null where it is not known, or was erased'),
  hostname: z.string(),
  system: z.string(),
  state: agentState,
  pairedAt: time,
  heardAt: time.nullable(),
  unpairedAt: time.nullable(),
  unpairedBy: z
    .string()
    .nullable()
    .describe('employee, computer, replaced, journey-end, or who of the staff'),
});

export const journeyDetail = z.object({
  asOf,
  journey,
  computer: agent.nullable().describe('The one that is paired now'),
  resolved: z.array(call).describe('Escalations that are over, the latest first'),
  history: z.object({ items: z.array(happening), next }).describe('The latest first'),
});

export const knownIssue = z.object({
  id: z.string(),
  title: z.string(),
  open: z.boolean(),
  changedAt: time,
  changedBy: z.string().describe('The id of a member of staff or of a key; "flow": as the procedure has it'),
  changedByName: z.string().nullable(),
  steps: z
    .array(
      z.object({
        id: z.string(),
        title: z.string(),
        shownWhile: z.enum(['open', 'closed']),
        hereNow: z.number().int(),
      }),
    )
    .describe('Steps that employees see only while it is open, or only while it is closed'),
  calls: z
    .object({ reason: coded, open: z.number().int() })
    .describe('Calls for help with its reason that are not resolved'),
});
export const knownIssues = z.object({ asOf, items: z.array(knownIssue) });

export const funnelStep = z.object({
  step: place,
  section: z.string(),
  detour: z.boolean(),
  entered: z.number().int().describe('Journeys that ever came here'),
  finished: z.number().int().describe('Of those, the ones that went on from here'),
  medianMinutes: z.number().nullable().describe('From entering to going on, nights and pauses included'),
  stuckNow: z.number().int(),
  hereNow: z.number().int().describe('Everybody at this step who is not done, the stuck included'),
});
export const funnel = z.object({
  asOf,
  flow: z.object({ id: z.string(), version: z.number().int(), title: z.string() }),
  started: z.number().int(),
  done: z.number().int(),
  steps: z.array(funnelStep),
});

const stopped = z
  .object({ by: z.string(), at: time })
  .nullable()
  .describe('The lead who has stopped all paired computers');

export const summary = z.object({
  asOf,
  journeys: z.record(status, z.number().int()),
  steps: z.array(place).describe('The steps there are now, in their order'),
  escalations: z.object({ open: z.number().int(), claimed: z.number().int(), urgent: z.number().int() }),
  agents: z.object({ stopped }).nullable().describe('Null: the organisation has no agents (AGENT=off)'),
});

export const computer = agent.extend({ step: place.nullable().describe('Where its person is') });
export const agents = z.object({
  asOf,
  mode: z.enum(['off', 'look', 'change']).describe('What paired computers may do now'),
  stopped,
  counts: z.record(agentState, z.number().int()),
  items: z.array(computer).describe('The paired ones first; at most 500'),
});
export const unpaired = z.object({ journey: id, unpaired: z.literal(true) });

export const me = z.object({
  id: z.string(),
  name: z.string(),
  lead: z.boolean().describe('Whether they may do what only leads may'),
  expiresAt: time.nullable(),
});

/** RFC 9457, served as application/problem+json. */
export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  detail: z.string().optional(),
  code: z.string(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  by: z.object({ id: z.string(), name: z.string() }).optional().describe('Who was first'),
  instance: z.string().optional().describe('Names this request in the server log'),
});

export type Status = z.output<typeof status>;
export type JourneyItem = z.output<typeof journey>;
export type Call = z.output<typeof call>;
export type EscalationItem = z.output<typeof escalation>;
export type Happening = z.output<typeof happening>;
export type JourneyDetail = z.output<typeof journeyDetail>;
export type KnownIssueItem = z.output<typeof knownIssue>;
export type Funnel = z.output<typeof funnel>;
export type FunnelStep = z.output<typeof funnelStep>;
export type Summary = z.output<typeof summary>;
export type Agent = z.output<typeof agent>;
export type AgentState = z.output<typeof agentState>;
export type Agents = z.output<typeof agents>;
export type Computer = z.output<typeof computer>;
export type Me = z.output<typeof me>;
export type ProblemDetails = z.output<typeof problem>;
