import type { Flow, FlowStep } from '../compiled.ts';
import type { JourneyState } from '../state.ts';

export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;

const units: Readonly<Record<string, number>> = { m: minute, h: hour, d: day };

/** Milliseconds of "30m", "4h", "2d"; the flow's schema lets no other form through. */
export function milliseconds(duration: string): number {
  return Number.parseInt(duration, 10) * (units[duration.slice(-1)] ?? day);
}

/** With so little left of the 30 days, reminders come at least daily and the help desk is told it is urgent. */
export const urgentWithin = 7 * day;

/** From the notary's signature there are 30 days to retrieve (identrust.com/support/faq/lifecycle/apply). */
export const daysToRetrieve = 30;

/** The end, in UTC, of the last day on which the certificate can be retrieved. `signedOn` is YYYY-MM-DD. */
export function deadlineFor(signedOn: string): number {
  return Date.parse(`${signedOn}T00:00:00Z`) + (daysToRetrieve + 1) * day - 1;
}

export function daysLeft(state: JourneyState, at: number): number | null {
  return state.deadline === null ? null : Math.max(0, Math.ceil((state.deadline.at - at) / day));
}

export function isUrgent(state: JourneyState, at: number): boolean {
  return state.deadline !== null && state.deadline.at - at <= urgentWithin;
}

/** The next reminder after `nudged` of them, counted from when the person was last heard; then the limit. */
export function nudgeTimer(
  flow: Flow,
  step: FlowStep,
  state: JourneyState,
  at: number,
): JourneyState['timer'] {
  const offsets = step.nudges ?? flow.nudges;
  const offset = offsets[state.nudged];
  if (offset === undefined) return { kind: 'limit', at: at + milliseconds(step.limit) };
  const due = state.heardAt + milliseconds(offset);
  const latest = isUrgent(state, at) ? Math.min(due, at + day) : due;
  // A reminder owed while the person could not be reminded comes an hour from now, never in the past.
  return { kind: 'nudge', at: latest > at ? latest : at + hour };
}

/** Not begun, or over: time has nothing to say. */
export function atRest({ status }: Pick<JourneyState, 'status'>): boolean {
  return status === 'done' || status === 'new' || status === 'merged';
}

/** When, at the latest, the timer must look at this journey; null: never. Not yet moved into working hours. */
export function nextDue(state: JourneyState): number | null {
  if (atRest(state)) return null;
  const { deadline, timer } = state;
  const times = timer ? [timer.at] : [];
  if (deadline && !deadline.warned) times.push(deadline.at - urgentWithin);
  if (deadline && !deadline.passed) times.push(deadline.at);
  return times.length === 0 ? null : Math.min(...times);
}
