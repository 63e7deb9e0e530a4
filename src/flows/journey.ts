import type { Flow } from './compiled.ts';
import type { Effect } from './effect.ts';
import type { EmployeeEvent, JourneyEvent, Moment } from './event.ts';
import * as computer from './journey/computer.ts';
import * as employee from './journey/employee.ts';
import { firstStep } from './journey/graph.ts';
import { enter } from './journey/moves.ts';
import * as others from './journey/others.ts';
import { lookHere } from './journey/proof.ts';
import { rewind, set, settle, show, type Turn } from './journey/turn.ts';
import type { JourneyState } from './state.ts';

export { nextDue } from './journey/time.ts';

/** The first state of a journey that has not begun. */
export function newJourney(flow: Flow, at: number): JourneyState {
  return {
    v: 1,
    flow: flow.id,
    version: flow.version,
    status: 'new',
    step: firstStep(flow, new Set(flow.issues.filter((issue) => issue.open).map((issue) => issue.id))).id,
    view: { at: 'step' },
    revision: 0,
    path: [],
    answers: {},
    proofs: {},
    evidence: {},
    computer: null,
    found: null,
    shown: null,
    startedAt: null,
    enteredAt: at,
    heardAt: at,
    pressed: null,
    tried: [],
    stuck: null,
    escalations: [],
    waiting: null,
    timer: null,
    nudged: 0,
    deadline: null,
  };
}

export interface Decision {
  state: JourneyState;
  effects: Effect[];
}

/**
 * What follows from an event. Pure and total: any event in any state gives a defined result, and the same one each
 * time. The state given is not changed.
 */
export function decide(flow: Flow, state: JourneyState, event: JourneyEvent, now: Moment): Decision {
  const turn: Turn = { flow, now, state, effects: [] };
  if (isEmployees(event)) hear(turn, event);
  else befall(turn, event);
  return { state: turn.state, effects: turn.effects };
}

type OthersEvent = Exclude<JourneyEvent, EmployeeEvent>;

const othersTypes: ReadonlySet<string> = new Set<OthersEvent['type']>([
  'timer',
  'issues-changed',
  'flow-changed',
  'claim',
  'resolve',
  'proven',
  'disproven',
  'action-failed',
  'paired',
  'unpaired',
  'computer-silent',
]);

function isEmployees(event: JourneyEvent): event is EmployeeEvent {
  return !othersTypes.has(event.type);
}

function befall(turn: Turn, event: OthersEvent): void {
  switch (event.type) {
    case 'timer':
      return others.timer(turn);
    case 'issues-changed':
      return others.issuesChanged(turn);
    case 'flow-changed':
      return others.flowChanged(turn);
    case 'claim':
      return others.claim(turn, event);
    case 'resolve':
      return others.resolve(turn, event);
    case 'proven':
      return computer.proven(turn, event);
    case 'disproven':
      return computer.disproven(turn, event);
    case 'action-failed':
      return computer.actionFailed(turn, event);
    case 'paired':
      return computer.paired(turn, event);
    case 'unpaired':
      return computer.unpaired(turn, event);
    case 'computer-silent':
      return computer.silent(turn);
  }
}

/** Two clicks of one hand come within this many milliseconds. */
const doubleClick = 5_000;

function hear(turn: Turn, event: EmployeeEvent): void {
  const { at } = turn.now;
  const press = pressOf(event);
  const last = turn.state.pressed;
  if (
    press &&
    last &&
    press.key === last.key &&
    press.revision === last.revision &&
    at - last.at < doubleClick
  )
    return;
  heard(turn);
  if (press && press.revision !== turn.state.revision) return employee.stale(turn);
  if (press) set(turn, { pressed: { ...press, at } });
  const { status } = turn.state;
  if (event.type === 'heard') return;
  if (status === 'new') return event.type === 'start' ? begin(turn) : employee.look(turn);
  if (status === 'done') return afterwards(turn, event);
  if (status !== 'active') return meanwhile(turn, event);
  along(turn, event);
}

/** What identifies a press; typed words have no revision and are never stale. */
function pressOf(event: EmployeeEvent): { key: string; revision: number } | null {
  if (!('revision' in event) || event.revision === undefined) return null;
  const { revision, ...rest } = event;
  return { key: JSON.stringify(rest), revision };
}

/** Somebody is there: reminders start over, and a silence is over. */
function heard(turn: Turn): void {
  set(turn, { heardAt: turn.now.at });
  if (turn.state.stuck?.why === 'silence') set(turn, { stuck: null });
  settle(turn, (escalation) => escalation.reason === 'silence');
  if (turn.state.timer?.kind === 'nudge' || turn.state.timer?.kind === 'limit' || turn.state.timer === null)
    rewind(turn);
}

function begin(turn: Turn): void {
  set(turn, { startedAt: turn.now.at });
  enter(turn, firstStep(turn.flow, turn.now.openIssues));
  lookHere(turn);
  show(turn, 'anew');
}

/** At the end only the way back is open; `start-again` is for the engine, which begins another journey. */
function afterwards(turn: Turn, event: EmployeeEvent): void {
  if (event.type === 'back') return employee.back(turn);
  employee.look(turn);
}

/** Paused or waiting: it is taken up again, or shown as it is. */
function meanwhile(turn: Turn, event: EmployeeEvent): void {
  switch (event.type) {
    case 'start':
    case 'resume':
      return employee.resume(turn);
    case 'human':
      return employee.human(turn);
    case 'pause':
      return turn.state.status === 'paused' ? employee.look(turn) : employee.pause(turn);
    case 'back':
      return employee.back(turn);
    default:
      return employee.look(turn);
  }
}

function along(turn: Turn, event: EmployeeEvent): void {
  switch (event.type) {
    case 'done':
      return employee.done(turn);
    case 'answer':
      return employee.answer(turn, event);
    case 'signed-on':
      return employee.signedOn(turn, event);
    case 'back':
      return employee.back(turn);
    case 'stuck':
      return employee.stuck(turn);
    case 'problem':
      return employee.problem(turn, event.problem);
    case 'to-step':
      return employee.toStep(turn);
    case 'solved':
      return employee.solved(turn);
    case 'still-stuck':
      return employee.stillStuck(turn);
    case 'human':
      return employee.human(turn);
    case 'pause':
      return employee.pause(turn);
    case 'snooze':
      return employee.snooze(turn);
    case 'check':
      return computer.check(turn);
    case 'let-computer':
      return computer.letComputer(turn, event);
    case 'start':
    case 'resume':
    case 'show':
    case 'start-again':
    case 'heard':
      return employee.look(turn);
  }
}

/** What staff filter by. Stuck is a matter of the state, not of its own status there. */
export function standing(state: JourneyState): 'new' | 'active' | 'stuck' | 'waiting' | 'paused' | 'done' {
  return state.status === 'active' && state.stuck ? 'stuck' : state.status;
}
