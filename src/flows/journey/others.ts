import type { JourneyEvent } from '../event.ts';
import { counterpart, firstStep, holds } from './graph.ts';
import { enter, takeUp } from './moves.ts';
import { daysLeft, nudgeTimer, urgentWithin } from './time.ts';
import { escalate, revise, rewind, set, show, stepOf, type Turn, takenOver, tell } from './turn.ts';

type Of<T extends JourneyEvent['type']> = Extract<JourneyEvent, { type: T }>;

/** Time has passed: the 30 days first, then whatever silence means here. */
export function timer(turn: Turn): void {
  if (turn.state.status === 'done' || turn.state.status === 'new') return;
  watchDeadline(turn);
  const { timer: due } = turn.state;
  if (due === null || due.at > turn.now.at) return;
  if (due.kind === 'wait') return waitOver(turn);
  if (takenOver(turn.state)) return set(turn, { timer: null });
  if (due.kind === 'limit') return fallSilent(turn);
  nudge(turn);
}

function watchDeadline(turn: Turn): void {
  const { deadline } = turn.state;
  if (deadline === null) return;
  if (!deadline.passed && turn.now.at >= deadline.at) {
    set(turn, { deadline: { ...deadline, warned: true, passed: true } });
    tell(turn, { id: 'deadline-passed' });
    escalate(turn, 'thirty-days-passed', 'deadline', null);
  } else if (!deadline.warned && turn.now.at >= deadline.at - urgentWithin) {
    set(turn, { deadline: { ...deadline, warned: true } });
    tell(turn, { id: 'deadline-near', daysLeft: daysLeft(turn.state, turn.now.at) ?? 0 });
  }
}

function nudge(turn: Turn): void {
  const nudged = turn.state.nudged + 1;
  set(turn, { nudged });
  set(turn, { timer: nudgeTimer(turn.flow, stepOf(turn), turn.state, turn.now.at) });
  tell(turn, { id: 'nudge', count: nudged, daysLeft: daysLeft(turn.state, turn.now.at) });
  show(turn, 'anew');
}

/** Nothing happened past the limit after the last reminder: the help desk learns of it without being asked. */
function fallSilent(turn: Turn): void {
  const since = turn.state.stuck?.since ?? turn.now.at;
  const why = turn.state.stuck?.why ?? 'silence';
  set(turn, { timer: null, stuck: { since, why, reason: turn.state.stuck?.reason ?? 'silence' } });
  escalate(turn, 'silence', 'silence');
}

function waitOver(turn: Turn): void {
  tell(turn, { id: 'wait-over', for: turn.state.waiting?.for ?? '' });
  takeUp(turn);
}

/** A known issue was opened or closed: whoever stands at a step made for the other case is moved to its counterpart. */
export function issuesChanged(turn: Turn): void {
  const { state, now } = turn;
  if (state.status === 'done' || state.status === 'new') return;
  const step = stepOf(turn);
  if (holds(step.when, now.openIssues)) return;
  relocate(turn, counterpart(turn.flow, step, now.openIssues));
  tell(turn, { id: 'issue-changed' });
  show(turn, 'anew');
}

/** Another version of the flow: one keeps one's place by the step's id; where it is gone, the nearest earlier one. */
export function flowChanged(turn: Turn): void {
  const { flow, state, now } = turn;
  set(turn, { version: flow.version });
  const step = flow.byId.get(state.step);
  if (state.status === 'done' || (step && (step.detour || holds(step.when, now.openIssues)))) return;
  const standing = state.path.map((id) => flow.byId.get(id)).filter((s) => s !== undefined);
  const target = standing.filter((s) => s.detour || holds(s.when, now.openIssues)).at(-1);
  relocate(turn, target ?? firstStep(flow, now.openIssues));
  if (state.status === 'new') return;
  tell(turn, { id: 'step-moved' });
  show(turn, 'anew');
}

/** Puts the person elsewhere without a word of theirs: a rest or pause goes on as it was. */
function relocate(turn: Turn, target: ReturnType<typeof counterpart>): void {
  const { status, waiting, timer: due, path } = turn.state;
  const step = target ?? firstStep(turn.flow, turn.now.openIssues);
  enter(turn, step);
  const resting = status === 'waiting' || status === 'paused' || status === 'new';
  set(turn, { path: path.filter((id) => id !== step.id), ...(resting && { status, waiting, timer: due }) });
}

/** First claim wins: the second finds the name of the first in the state, and changes nothing. */
export function claim(turn: Turn, event: Of<'claim'>): void {
  const found = turn.state.escalations.find((e) => e.id === event.escalation);
  if (!found || found.by !== null) return;
  const by = { id: event.by, name: event.name };
  const escalations = turn.state.escalations.map((e) => (e === found ? { ...e, by } : e));
  set(turn, { escalations, timer: turn.state.timer?.kind === 'wait' ? turn.state.timer : null });
  turn.effects.push({ type: 'claimed', escalation: found, by });
  if (turn.state.status !== 'done') tell(turn, { id: 'help-desk-claimed', name: event.name });
}

export function resolve(turn: Turn, event: Of<'resolve'>): void {
  const found = turn.state.escalations.find((e) => e.id === event.escalation);
  if (!found) return;
  const { status } = turn.state;
  set(turn, { escalations: turn.state.escalations.filter((e) => e !== found) });
  turn.effects.push({ type: 'resolved', escalation: found, by: { id: event.by, name: event.name } });
  if (status === 'done') return;
  tell(turn, { id: 'help-desk-resolved', name: event.name });
  if (status === 'paused') return;
  revise(turn, { status: 'active', waiting: null, view: { at: 'step' }, stuck: null });
  rewind(turn);
  show(turn, 'anew');
}
