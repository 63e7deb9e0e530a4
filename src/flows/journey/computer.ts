import type { EmployeeEvent, JourneyEvent } from '../event.ts';
import type { Evidence } from '../flow.ts';
import { problemsOf } from './graph.ts';
import { moveOnProven } from './moves.ts';
import { isHeld, isLasting, lookFor, lookHere } from './proof.ts';
import { revise, set, show, stepOf, type Turn, tell } from './turn.ts';

/** What a paired computer does for a journey, and what the person asks of it. */

type Of<T extends JourneyEvent['type']> = Extract<JourneyEvent, { type: T }>;

/** From now on the computer can look and do things for this journey; what it can show at once, it is asked. */
export function paired(turn: Turn, event: Of<'paired'>): void {
  set(turn, { computer: { device: event.device, name: event.name, since: turn.now.at } });
  tell(turn, { id: 'computer-paired', name: event.name });
  const here: readonly Evidence[] = turn.state.status === 'active' ? stepOf(turn).evidence : [];
  lookFor(turn, [...new Set<Evidence>(['windows', 'opensc-installed', ...here])], false);
  if (turn.state.status === 'active') show(turn, 'anew');
}

/** Two chats became one: the journey that goes on takes the other's computer over, unless it has its own. */
export function linked(turn: Turn, { computer }: Of<'linked'>): void {
  if (computer && turn.state.computer === null) set(turn, { computer: { ...computer, since: turn.now.at } });
  show(turn, 'anew');
}

export function unpaired(turn: Turn, event: Of<'unpaired'>): void {
  const { computer, status } = turn.state;
  if (computer?.device !== event.device) return;
  set(turn, { computer: null });
  if (status === 'done') return;
  tell(turn, { id: 'computer-unpaired', name: computer.name });
  if (status === 'active') show(turn, 'anew');
}

/** The computer has proven something. A token in too early is met with a kind word; a certificate with a question. */
export function proven(turn: Turn, event: Of<'proven'>): void {
  const { fact } = event;
  const { state, now } = turn;
  const before = state.evidence;
  set(turn, { evidence: { ...withoutOpposite(before, fact), [fact]: now.at } });
  vouch(turn, fact);
  if (state.status !== 'active') return;
  const step = stepOf(turn);
  if (step.index < tokenPlace(turn) && isToken(fact)) return tooEarly(turn, event, before);
  if (!step.evidence.includes(fact)) return;
  set(turn, { found: null });
  if (step.identity && fact === 'certificate') {
    revise(turn, { view: { at: 'step' }, shown: event.subject ?? null });
    tell(turn, { id: 'proven', fact, subject: event.subject ?? null });
    return show(turn, 'anew');
  }
  if (!moveOnProven(turn)) tell(turn, { id: 'proven', fact, subject: event.subject ?? null });
}

function isToken(fact: Evidence): boolean {
  return fact === 'token-present' || fact === 'token-absent';
}

function withoutOpposite(evidence: Turn['state']['evidence'], fact: Evidence): Turn['state']['evidence'] {
  const { 'token-present': present, 'token-absent': absent, ...rest } = evidence;
  if (fact === 'token-present' || fact === 'token-absent') return rest;
  return {
    ...rest,
    ...(present !== undefined && { 'token-present': present }),
    ...(absent !== undefined && { 'token-absent': absent }),
  };
}

/** Said when it changes, and whenever the person asks. */
function tooEarly(turn: Turn, { fact, asked }: Of<'proven'>, before: Turn['state']['evidence']): void {
  const wasIn = before['token-present'] !== undefined;
  if (fact === 'token-present') {
    if (asked || !wasIn) tell(turn, { id: 'too-early' });
  } else if (wasIn) tell(turn, { id: 'token-out' });
  else if (asked) tell(turn, { id: 'proven', fact, subject: null });
}

/** Where the token is first expected. */
function tokenPlace({ flow }: Turn): number {
  const expected = (fact: Evidence) => fact === 'token-present' || fact === 'certificate';
  return flow.steps.find((step) => step.evidence.some(expected))?.index ?? 0;
}

/** A step that was finished on the person's word, and is now shown to be true, counts as proven. */
function vouch(turn: Turn, fact: Evidence): void {
  const { state, flow } = turn;
  const shown = state.path.filter((id) => {
    const evidence = flow.byId.get(id)?.evidence ?? [];
    return state.proofs[id] === 'word' && evidence.length === 1 && evidence[0] === fact && !isToken(fact);
  });
  if (shown.length === 0) return;
  const proofs = Object.fromEntries(shown.map((id) => [id, 'computer' as const]));
  set(turn, { proofs: { ...state.proofs, ...proofs } });
}

/** Not so, or not yet. Unasked, the computer speaks up only where the step is about finding out. */
export function disproven(turn: Turn, event: Of<'disproven'>): void {
  const { [event.fact]: _gone, ...evidence } = turn.state.evidence;
  set(turn, { evidence });
  if (turn.state.status !== 'active') return;
  const here = stepOf(turn).evidence.includes(event.fact);
  const aboutFindingOut = event.fact === 'windows' || event.fact === 'certificate';
  const matters = here ? event.asked || aboutFindingOut : event.asked && isLasting(event.fact);
  if (!matters) return;
  inTheWay(turn, event.verdict, event.message);
}

/** What the computer could not do is done by hand; nobody is bothered with a look they did not ask for. */
export function actionFailed(turn: Turn, event: Of<'action-failed'>): void {
  if (event.asked && turn.state.status === 'active') inTheWay(turn, event.code, event.message);
}

/** Help first: the problem that this verdict means is opened; from there the help desk is one press away. */
function inTheWay(turn: Turn, verdict: string, message: string): void {
  const { at } = turn.now;
  set(turn, { found: { verdict, message, at } });
  tell(turn, { id: 'not-proven', message });
  const problem = problemsOf(turn.flow, stepOf(turn), turn.now.openIssues).find((p) =>
    p.verdicts.includes(verdict),
  );
  // A new revision either way: to press the same button again at once is meant, and no double click.
  if (!problem) revise(turn, {});
  else {
    const tried = turn.state.tried.filter((t) => t.problem !== problem.id);
    revise(turn, {
      view: { at: 'help', problem: problem.id },
      tried: [...tried, { problem: problem.id, at }],
    });
  }
  show(turn, 'anew');
}

export function silent(turn: Turn): void {
  if (turn.state.status !== 'active' || turn.state.computer === null) return;
  tell(turn, { id: 'computer-silent' });
  show(turn, 'anew');
}

/** "Check with my computer." */
export function check(turn: Turn): void {
  const { computer } = turn.state;
  if (computer === null || stepOf(turn).evidence.length === 0) return show(turn, 'anew');
  lookHere(turn, true);
  tell(turn, { id: 'computer-looks', name: computer.name });
}

/** "Let my computer do it": the person's own press; the computer asks once more. */
export function letComputer(turn: Turn, event: Extract<EmployeeEvent, { type: 'let-computer' }>): void {
  const { computer } = turn.state;
  if (computer === null || !stepOf(turn).actions.includes(event.action)) {
    tell(turn, { id: 'stale' });
    return show(turn, 'anew');
  }
  turn.effects.push({ type: 'ask-agent', device: computer.device, task: event.action, asked: true });
  tell(turn, { id: 'computer-asks', name: computer.name });
}

/** Whether the card asks "Is this you?" at this moment. */
export function asksIdentity({ flow, state }: Pick<Turn, 'flow' | 'state'>): boolean {
  return (
    flow.byId.get(state.step)?.identity !== undefined && isHeld(state, 'certificate') && state.shown !== null
  );
}
