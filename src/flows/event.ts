import { z } from 'zod';
import { agentAction, agentTask, evidence } from './flow.ts';

/** Everything that can happen to a journey. Each is kept in the append-only history. */

/** A press names the step and revision its button was made for; typed words name none and mean "here and now". */
const here = { step: z.string().optional(), revision: z.number().int().optional() };

const employee = [
  z.object({ type: z.literal('start') }),
  z.object({ type: z.literal('start-again'), ...here }),
  z.object({ type: z.literal('show') }),
  z.object({ type: z.literal('done'), ...here }),
  z.object({ type: z.literal('answer'), answer: z.string(), ...here }),
  z.object({ type: z.literal('signed-on'), date: z.iso.date().nullable(), ...here }),
  z.object({ type: z.literal('back'), ...here }),
  z.object({ type: z.literal('stuck'), ...here }),
  z.object({ type: z.literal('problem'), problem: z.string(), ...here }),
  z.object({ type: z.literal('to-step'), ...here }),
  z.object({ type: z.literal('solved'), ...here }),
  z.object({ type: z.literal('still-stuck'), ...here }),
  z.object({ type: z.literal('human'), ...here }),
  z.object({ type: z.literal('pause'), ...here }),
  z.object({ type: z.literal('resume'), ...here }),
  z.object({ type: z.literal('snooze'), ...here }),
  /** "Let my computer check", "Let my computer do it": nothing happens without a paired one. */
  z.object({ type: z.literal('check'), ...here }),
  z.object({ type: z.literal('let-computer'), action: agentAction, ...here }),
  /** Something was said that changes nothing but shows that the person is there. */
  z.object({ type: z.literal('heard') }),
] as const;

const others = [
  /**
   * This journey is the one that goes on after two chats were linked: `provider` and `tenant` are the chat that
   * joined, `computer` the one that was paired for the journey that was left.
   */
  z.object({
    type: z.literal('linked'),
    provider: z.string(),
    tenant: z.string(),
    journey: z.string(),
    computer: z.object({ device: z.string(), name: z.string() }).optional(),
  }),
  /** The person goes on with another journey. */
  z.object({ type: z.literal('merged'), into: z.string() }),
  /** A chat was parted from this person. */
  z.object({ type: z.literal('unlinked'), provider: z.string(), tenant: z.string() }),
  z.object({ type: z.literal('timer') }),
  z.object({ type: z.literal('issues-changed') }),
  z.object({ type: z.literal('flow-changed') }),
  z.object({ type: z.literal('claim'), escalation: z.string(), by: z.string(), name: z.string() }),
  z.object({ type: z.literal('resolve'), escalation: z.string(), by: z.string(), name: z.string() }),
  /** The computer has proven a fact; `subject` names the certificate, if it is about one; `asked` as below. */
  z.object({
    type: z.literal('proven'),
    fact: evidence,
    subject: z.string().optional(),
    asked: z.boolean().optional(),
  }),
  /** It has looked, and it is not so (yet); `message` says in plain words what to do. `asked`: the person asked for the look. */
  z.object({
    type: z.literal('disproven'),
    fact: evidence,
    verdict: z.string(),
    message: z.string(),
    asked: z.boolean(),
  }),
  /** A task ended without a result: declined, timed-out, offline, or the computer's own code. */
  z.object({
    type: z.literal('action-failed'),
    action: agentTask,
    code: z.string(),
    message: z.string(),
    asked: z.boolean(),
  }),
  /** A computer was paired for this journey, or no longer is. `name` is its host name. */
  z.object({ type: z.literal('paired'), device: z.string(), name: z.string() }),
  z.object({ type: z.literal('unpaired'), device: z.string() }),
  /** The paired computer has not been heard of since its restart. */
  z.object({ type: z.literal('computer-silent') }),
] as const;

export const journeyEvent = z.discriminatedUnion('type', [...employee, ...others]);
export const employeeEvent = z.discriminatedUnion('type', employee);

export type JourneyEvent = z.output<typeof journeyEvent>;
export type EmployeeEvent = z.output<typeof employeeEvent>;

/** What `decide` must know of the world beside the event: it has no clock and asks nobody. */
export interface Moment {
  /** Milliseconds since 1970. */
  at: number;
  /** Ids of the known issues that are open. */
  openIssues: ReadonlySet<string>;
  /** Ids for escalations, should one (or, beside it, a missed deadline) open one. */
  newId: string;
  spareId: string;
}
