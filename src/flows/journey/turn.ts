import type { Flow, FlowStep } from '../compiled.ts';
import type { Effect, Tell } from '../effect.ts';
import type { Moment } from '../event.ts';
import type { Escalation, JourneyState } from '../state.ts';
import { firstStep } from './graph.ts';
import { isUrgent, nudgeTimer } from './time.ts';

/** One decision in the making: a state being replaced, never changed, and the effects gathered on the way. */
export interface Turn {
  readonly flow: Flow;
  readonly now: Moment;
  state: JourneyState;
  readonly effects: Effect[];
}

export function stepOf(turn: Turn): FlowStep {
  return turn.flow.byId.get(turn.state.step) ?? firstStep(turn.flow, turn.now.openIssues);
}

export function set(turn: Turn, change: Partial<JourneyState>): void {
  turn.state = { ...turn.state, ...change };
}

/** Older buttons are stale from now on. */
export function revise(turn: Turn, change: Partial<JourneyState>): void {
  set(turn, { ...change, revision: turn.state.revision + 1 });
}

export function tell(turn: Turn, what: Tell): void {
  turn.effects.push({ type: 'tell', what });
}

export function show(turn: Turn, how: 'here' | 'anew', finished?: string): void {
  turn.effects.push(finished === undefined ? { type: 'show', how } : { type: 'show', how, finished });
}

/** A human of the help desk is on it: reminders keep quiet. */
export function takenOver(state: JourneyState): boolean {
  return state.escalations.some((escalation) => escalation.by !== null);
}

/** The help desk was asked about this very step and has not settled it. */
export function askedHere(state: JourneyState): boolean {
  return state.escalations.some((escalation) => escalation.step === state.step);
}

/** Starts the wait for the next word anew, unless somebody else is to move now. */
export function rewind(turn: Turn): void {
  const quiet = turn.state.status !== 'active' || takenOver(turn.state) || askedHere(turn.state);
  const base = { ...turn.state, nudged: 0, heardAt: turn.now.at };
  set(turn, { nudged: 0, timer: quiet ? null : nudgeTimer(turn.flow, stepOf(turn), base, turn.now.at) });
}

/** Settles escalations that the employee has made needless. */
export function settle(turn: Turn, which: (e: Escalation) => boolean): void {
  for (const e of turn.state.escalations.filter(which)) {
    turn.effects.push({ type: 'resolved', escalation: e, by: 'employee' });
  }
  set(turn, { escalations: turn.state.escalations.filter((e) => !which(e)) });
}

/** Calls the help desk: once for each reason at each step. */
export function escalate(
  turn: Turn,
  reason: string,
  by: 'employee' | 'problem' | 'silence' | 'deadline',
  step: string | null = turn.state.step,
): void {
  if (turn.state.escalations.some((e) => e.reason === reason && e.step === step)) {
    if (by === 'employee' || by === 'problem') tell(turn, { id: 'help-desk-knows' });
    return;
  }
  const priority = by === 'deadline' || isUrgent(turn.state, turn.now.at) ? 'urgent' : 'normal';
  // One event opens one escalation, but a missed deadline may join it: its id must differ.
  const taken = turn.effects.filter((effect) => effect.type === 'escalate').length;
  const id = taken === 0 ? turn.now.newId : turn.now.spareId;
  const tried = turn.state.tried.map((t) => t.problem);
  const found = turn.state.found === null ? null : `${turn.state.found.verdict}: ${turn.state.found.message}`;
  const escalation: Escalation = { id, reason, step, by: null, priority, at: turn.now.at, tried, found };
  set(turn, { escalations: [...turn.state.escalations, escalation] });
  turn.effects.push({ type: 'escalate', escalation, by });
  tell(turn, { id: 'help-desk-told', reason });
}
