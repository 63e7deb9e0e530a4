import type { EmployeeEvent } from '../event.ts';
import { answersOf, problemIn, problemsOf } from './graph.ts';
import { moveBack, moveOn, takeUp, waitFor } from './moves.ts';
import { day, daysToRetrieve, deadlineFor } from './time.ts';
import { askedHere, escalate, revise, rewind, set, settle, show, stepOf, type Turn, tell } from './turn.ts';

type Of<T extends EmployeeEvent['type']> = Extract<EmployeeEvent, { type: T }>;

export function done(turn: Turn): void {
  const step = stepOf(turn);
  if (step.ask || answersOf(step, turn.now.openIssues).length > 0) {
    tell(turn, { id: 'choose' });
    return look(turn);
  }
  moveOn(turn);
}

export function answer(turn: Turn, event: Of<'answer'>): void {
  const chosen = answersOf(stepOf(turn), turn.now.openIssues).find((a) => a.id === event.answer);
  if (!chosen) return stale(turn);
  if (chosen.problem !== undefined) return problem(turn, chosen.problem);
  if (chosen.escalate !== undefined) escalate(turn, chosen.escalate, 'problem', null);
  if (chosen.wait) {
    waitFor(turn, chosen.wait);
    return show(turn, 'here');
  }
  set(turn, { answers: { ...turn.state.answers, [turn.state.step]: chosen.id } });
  moveOn(turn, chosen.to);
}

/** From the date of the notary's signature the 30 days are watched; not to know it is fine. */
export function signedOn(turn: Turn, event: Of<'signed-on'>): void {
  if (!stepOf(turn).ask) return stale(turn);
  if (event.date === null) {
    set(turn, { deadline: null });
    return moveOn(turn);
  }
  const { at } = turn.now;
  const deadline = deadlineFor(event.date);
  const signed = deadline - daysToRetrieve * day;
  // A day of grace ahead: the employee may live east of UTC.
  if (signed > at + 2 * day || signed < at - 366 * day) {
    tell(turn, { id: 'date-unlikely' });
    return show(turn, 'here');
  }
  const passed = deadline < at;
  set(turn, { deadline: { at: deadline, warned: passed, passed } });
  if (passed) {
    tell(turn, { id: 'deadline-passed' });
    escalate(turn, 'thirty-days-passed', 'deadline', null);
  }
  moveOn(turn);
}

export function back(turn: Turn): void {
  if (turn.state.view.at !== 'step') return toStep(turn);
  if (turn.state.status !== 'done' && turn.state.path.length === 0) {
    tell(turn, { id: 'first-step' });
    return look(turn);
  }
  if (!moveBack(turn)) tell(turn, { id: 'first-step' });
  show(turn, 'here');
}

/** "I'm stuck": the person counts as stuck from this word on, and is shown what it may be. */
export function stuck(turn: Turn): void {
  const step = stepOf(turn);
  const since = turn.state.stuck?.since ?? turn.now.at;
  revise(turn, { view: { at: 'problems' }, stuck: { since, why: 'said', reason: 'said-stuck' } });
  if (problemsOf(turn.flow, step, turn.now.openIssues).length === 0) return human(turn);
  show(turn, 'here');
}

export function problem(turn: Turn, id: string): void {
  const found = problemIn(turn.flow, id, turn.now.openIssues);
  if (!found) return stale(turn);
  const tried = turn.state.tried.filter((t) => t.problem !== id);
  revise(turn, { view: { at: 'help', problem: id }, tried: [...tried, { problem: id, at: turn.now.at }] });
  show(turn, 'here');
}

export function toStep(turn: Turn): void {
  revise(turn, { view: { at: 'step' }, stuck: askedHere(turn.state) ? turn.state.stuck : null });
  show(turn, 'here');
}

export function solved(turn: Turn): void {
  const { view, step } = turn.state;
  const found = view.at === 'help' ? problemIn(turn.flow, view.problem, turn.now.openIssues) : undefined;
  settle(turn, (escalation) => escalation.step === step);
  if (found?.to !== undefined && found.to !== step) return moveOn(turn, found.to);
  revise(turn, { view: { at: 'step' }, stuck: null });
  rewind(turn);
  show(turn, 'here');
}

/** A problem stayed unsolved: the help desk is called with its reason; some problems then wait for others. */
export function stillStuck(turn: Turn): void {
  const { view } = turn.state;
  const found = view.at === 'help' ? problemIn(turn.flow, view.problem, turn.now.openIssues) : undefined;
  if (!found) return call(turn, 'other-problem');
  call(turn, found.escalate, found.wait);
}

/** "Let me talk to a person": while help is open, with that problem's reason. */
export function human(turn: Turn): void {
  const { view } = turn.state;
  const found = view.at === 'help' ? problemIn(turn.flow, view.problem, turn.now.openIssues) : undefined;
  call(turn, found?.escalate ?? 'asked-for-help', found?.wait, 'employee');
}

function call(
  turn: Turn,
  reason: string,
  wait?: Parameters<typeof waitFor>[1],
  by: 'employee' | 'problem' = 'problem',
): void {
  const since = turn.state.stuck?.since ?? turn.now.at;
  escalate(turn, reason, by);
  if (wait) waitFor(turn, wait);
  else
    revise(turn, {
      view: { at: 'step' },
      stuck: { since, why: by === 'problem' ? 'problem' : 'said', reason },
      timer: null,
    });
  show(turn, 'here');
}

/** Asks for a person before the first step or after the last: no step settles that, only staff do. */
export function askBeside(turn: Turn): void {
  escalate(turn, 'asked-for-help', 'employee', null);
  look(turn);
}

export function pause(turn: Turn): void {
  revise(turn, { status: 'paused', view: { at: 'step' }, timer: null });
  show(turn, 'here');
}

export function resume(turn: Turn): void {
  if (turn.state.status === 'active') return look(turn);
  takeUp(turn);
}

/** "Remind me tomorrow." */
export function snooze(turn: Turn): void {
  set(turn, { nudged: 0, timer: { kind: 'snooze', at: turn.now.at + day } });
  tell(turn, { id: 'snoozed' });
}

/** Shows where the person is, as a new message. */
export function look(turn: Turn): void {
  show(turn, 'anew');
}

export function stale(turn: Turn): void {
  tell(turn, { id: 'stale' });
  show(turn, 'anew');
}
