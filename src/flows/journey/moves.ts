import type { FlowStep } from '../compiled.ts';
import type { Evidence, Wait } from '../flow.ts';
import { holds, stepFrom } from './graph.ts';
import { isProven, lookFor, lookHere, settlesItself } from './proof.ts';
import { day } from './time.ts';
import { revise, rewind, set, settle, show, stepOf, type Turn, tell } from './turn.ts';

/** Arrives at a step: a clean slate for its problems, reminders and stuckness. */
export function enter(turn: Turn, step: FlowStep): void {
  revise(turn, {
    step: step.id,
    status: 'active',
    view: { at: 'step' },
    enteredAt: turn.now.at,
    tried: [],
    stuck: null,
    waiting: null,
    found: null,
    shown: null,
  });
  rewind(turn);
}

/** Leaves the current step for `to`, or for what follows it, or for the end; what is proven already is passed by. */
export function moveOn(turn: Turn, to?: string): void {
  const from = leave(turn, to);
  const last = passProven(turn) ?? from;
  lookHere(turn);
  // What came true while nobody looked is asked about once, where no later step asks anyway.
  if (turn.state.proofs[from.id] === 'word') lookFor(turn, overdue(turn, from), true);
  show(turn, 'here', last.id);
}

/** The computer's proof alone finishes the step, and each further one that it covers. False where it does not. */
export function moveOnProven(turn: Turn): boolean {
  const last = passProven(turn);
  if (last === null) return false;
  lookHere(turn);
  show(turn, 'anew', last.id);
  return true;
}

/** Passes the steps that are proven; the last one that was passed, or null. */
function passProven(turn: Turn): FlowStep | null {
  let last: FlowStep | null = null;
  while (turn.state.status === 'active' && settlesItself(turn.state, stepOf(turn))) {
    const step = stepOf(turn);
    const answer = step.answers.find((a) => a.proven);
    if (answer) set(turn, { answers: { ...turn.state.answers, [step.id]: answer.id } });
    const fact = step.evidence[0];
    if (fact !== undefined && last?.evidence[0] !== fact) tell(turn, { id: 'proven', fact, subject: null });
    leave(turn, answer?.to);
    last = step;
    // An answer may lead back; nobody is led round in circles.
    if (turn.state.status === 'active' && stepOf(turn).index <= step.index) break;
  }
  return last;
}

function overdue(turn: Turn, from: FlowStep): Evidence[] {
  const later = turn.state.status === 'active' ? stepOf(turn).evidence : [];
  return from.evidence.filter((fact) => fact === 'opensc-installed' && !later.includes(fact));
}

function leave(turn: Turn, to: string | undefined): FlowStep {
  const from = stepOf(turn);
  const { state, now, flow } = turn;
  settle(turn, (escalation) => escalation.step === from.id);
  set(turn, {
    path: [...state.path.filter((id) => id !== from.id), from.id],
    proofs: { ...state.proofs, [from.id]: isProven(state, from) ? 'computer' : 'word' },
  });
  const named = to === undefined ? undefined : flow.byId.get(to);
  const next =
    named && (named.detour || holds(named.when, now.openIssues))
      ? named
      : stepFrom(flow, (named ?? from).index + (named ? 0 : 1), now.openIssues);
  if (next) enter(turn, next);
  else
    revise(turn, {
      status: 'done',
      view: { at: 'step' },
      stuck: null,
      waiting: null,
      timer: null,
      found: null,
      shown: null,
    });
  return from;
}

/** Undoes the last step that still stands. False where there is none. */
export function moveBack(turn: Turn): boolean {
  const { path, answers, proofs } = turn.state;
  // From the end one comes back to the last step; elsewhere the current one is left unfinished.
  const standing = path.filter((id) => {
    const step = turn.flow.byId.get(id);
    return step !== undefined && (step.detour || holds(step.when, turn.now.openIssues));
  });
  const previous = turn.flow.byId.get(standing.at(-1) ?? '');
  if (!previous) return false;
  const { [previous.id]: _answer, ...otherAnswers } = answers;
  const { [previous.id]: _proof, ...otherProofs } = proofs;
  settle(turn, (escalation) => escalation.step === turn.state.step);
  set(turn, {
    path: path.slice(0, path.lastIndexOf(previous.id)),
    answers: otherAnswers,
    proofs: otherProofs,
  });
  enter(turn, previous);
  return true;
}

/** The journey rests until a date: it is not stuck, and nobody is reminded before. */
export function waitFor(turn: Turn, wait: Wait): void {
  const until = turn.now.at + wait.days * day;
  revise(turn, {
    status: 'waiting',
    view: { at: 'step' },
    stuck: null,
    waiting: { for: wait.for, resume: wait.resume, until, days: wait.days },
    timer: { kind: 'wait', at: until },
  });
}

/** Takes the journey up again at the step where it rested. */
export function takeUp(turn: Turn): void {
  revise(turn, { status: 'active', view: { at: 'step' }, waiting: null });
  rewind(turn);
  show(turn, 'anew');
}
