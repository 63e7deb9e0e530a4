import { createMachine, enqueueActions, type SnapshotFrom } from 'xstate';
import type { Flow, FlowStep } from '../../src/flows/compiled.ts';
import type { Answer } from '../../src/flows/flow.ts';
import { answersOf, holds, problemIn, problemsOf } from '../../src/flows/journey/graph.ts';
import { daysToRetrieve, deadlineFor } from '../../src/flows/journey/time.ts';
import { newJourney } from '../../src/flows/journey.ts';
import type { JourneyState } from '../../src/flows/state.ts';
import type { Context, Happening, Op } from './world.ts';
import * as world from './world.ts';

/**
 * The same flow as an xstate machine, built from the same document: a state for each step with what is seen there
 * (`step`, `problems`, `help`) inside it, beside `new`, `paused`, `waiting` and `done`; who comes back from a rest
 * comes back through a history state. Its actions are what `decide` calls effects. It takes every event of an
 * employee, of time and of the help desk; known issues stay as they were when the journey began.
 */

type Test = (at: { context: Context; event: Happening }) => boolean;
interface Way {
  guard?: Test;
  target?: string;
  actions?: ReturnType<typeof act>;
}
type Ways = Record<string, Way[]>;

/** What an employee's event may lead to. `stays`: the machine is then in `active`; else as it was before. */
interface Option {
  guard?: Test;
  target?: string;
  stays?: boolean;
  ops: Op[];
}

/** One action for a whole transition: the quickest way to say it to xstate. */
function act(flow: Flow, active: boolean, ops: readonly Op[]) {
  return enqueueActions<Context, Happening, undefined, Happening, never, world.Output, never, never, never>(
    ({ context, event, enqueue }) => {
      const draft: world.Draft = { flow, active, context, outputs: [] };
      for (const op of ops) op(draft, event);
      enqueue.assign(draft.context);
      for (const output of draft.outputs) enqueue(output);
    },
  );
}

const both =
  (...tests: (Test | undefined)[]): Test =>
  (at) =>
    tests.every((test) => test === undefined || test(at));
const not =
  (test: Test): Test =>
  (at) =>
    !test(at);

const doubleClick: Test = ({ context: { pressed }, event }) =>
  event.revision !== undefined &&
  pressed !== null &&
  pressed.revision === event.revision &&
  event.now.at - pressed.at < 5_000 &&
  pressed.key === world.pressKey(event);
const outdated: Test = ({ context, event }) =>
  event.revision !== undefined && event.revision !== context.revision;
const exists =
  (when: FlowStep['when']): Test =>
  ({ event }) =>
    holds(when, event.now.openIssues);

const stale: Op[] = [world.tell('stale'), world.show('anew')];
const look: Op[] = [world.show('anew')];
const stepNode = (id: string) => `#step:${id}`;

export function machineOf(flow: Flow, at: number) {
  /** Every event of an employee goes through these two first. */
  function heard(active: boolean, ways: readonly Option[], greets = true) {
    const greeting = greets ? [world.greet] : [];
    const way = ({ guard, target, stays = active, ops }: Option): Way => ({
      ...(guard && { guard }),
      ...(target && { target }),
      actions: act(flow, stays, [world.hear(active), world.notePress, ...greeting, ...ops]),
    });
    const late = act(flow, active, [world.hear(active), ...stale]);
    return [{ guard: doubleClick }, { guard: outdated, actions: late }, ...ways.map(way)];
  }

  /** Where somebody goes who has finished a step: the named one, or the first that exists after it, or the end. */
  function onward(from: FlowStep, to: string | undefined, ops: Op[], guard?: Test): Option[] {
    const named = to === undefined ? undefined : flow.byId.get(to);
    const after = flow.steps.slice((named ?? from).index + (named ? 0 : 1)).filter((s) => !s.detour);
    const candidates = named?.detour ? [named] : after;
    const certain = candidates.findIndex((s) => s.detour || s.when === undefined);
    const ways = (certain < 0 ? candidates : candidates.slice(0, certain + 1)).map((s) => ({
      guard: both(guard, s.detour ? undefined : exists(s.when)),
      target: stepNode(s.id),
      stays: true,
      ops: [...ops, world.leave, world.arriveAt(s.id), world.show('here', from.id)],
    }));
    const end = [...ops, world.leave, world.finish, world.show('here', from.id)];
    const done = { ...(guard && { guard }), target: '#done', stays: false, ops: end };
    return certain < 0 ? [...ways, done] : ways;
  }

  function answerWays(step: FlowStep, answer: Answer): Option[] {
    const guard = both(({ event }) => event.answer === answer.id, exists(answer.when));
    const { problem, wait, escalate } = answer;
    if (problem !== undefined) {
      const known: Test = ({ event }) => problemIn(flow, problem, event.now.openIssues) !== undefined;
      return [
        {
          guard: both(guard, known),
          target: '.help',
          ops: [world.openProblem(problem), world.show('here')],
        },
        { guard, ops: stale },
      ];
    }
    const calls = escalate === undefined ? [] : [world.callFor(escalate)];
    if (wait) {
      const ops = [...calls, world.restFor(wait), world.show('here')];
      return [{ guard, target: '#waiting', stays: false, ops }];
    }
    return onward(step, answer.to, [...calls, world.keepAnswer(answer.id)], guard);
  }

  function dateWays(step: FlowStep): Option[] {
    if (!step.ask) return [{ ops: stale }];
    const unlikely: Test = ({ event }) => {
      if (event.date === null || event.date === undefined) return false;
      const on = deadlineFor(event.date) - daysToRetrieve * day;
      return on > event.now.at + 2 * day || on < event.now.at - 366 * day;
    };
    const keep: Op = (draft, event) =>
      world.signed(event.date ? deadlineFor(event.date) : null)(draft, event);
    return [
      { guard: unlikely, ops: [world.tell('date-unlikely'), world.show('here')] },
      ...onward(step, undefined, [keep]),
    ];
  }

  const previousOf = ({ context, event }: { context: Context; event: Happening }) =>
    context.path.findLast((id) => {
      const step = flow.byId.get(id);
      return step !== undefined && (step.detour || holds(step.when, event.now.openIssues));
    });
  const backWays = [
    ...flow.steps.map(({ id }) => ({
      guard: (at: { context: Context; event: Happening }) => previousOf(at) === id,
      target: stepNode(id),
      stays: true,
      ops: [world.goBackTo(id), world.arriveAt(id), world.show('here')],
    })),
    { ops: [world.tell('first-step'), world.show('here')] },
  ];

  const helpWaits: Test = ({ context, event }) => world.openHelp(flow, context, event)?.wait !== undefined;
  const callWays = (other: string, by: 'employee' | 'problem') => [
    {
      guard: helpWaits,
      target: '#waiting',
      stays: false,
      ops: [world.call(other, by), world.show('here')],
    },
    { target: '.step', ops: [world.call(other, by), world.show('here')] },
  ];
  const leading = [...flow.problemById.values()].filter((p) => p.to !== undefined);

  function stepOn(step: FlowStep): Ways {
    const mustChoose: Test = ({ event }) =>
      step.ask !== undefined || answersOf(step, event.now.openIssues).length > 0;
    const noProblems: Test = ({ event }) => problemsOf(flow, step, event.now.openIssues).length === 0;
    const knownProblem: Test = ({ event }) =>
      problemIn(flow, event.problem ?? '', event.now.openIssues) !== undefined;
    const leadsAway = leading
      .filter((p) => p.to !== step.id)
      .flatMap((p) =>
        onward(
          step,
          p.to,
          [world.settleHere],
          ({ context, event }) => world.openHelp(flow, context, event)?.id === p.id,
        ),
      );
    return {
      done: heard(true, [
        { guard: mustChoose, ops: [world.tell('choose'), ...look] },
        ...onward(step, undefined, [], not(mustChoose)),
      ]),
      answer: heard(true, [...step.answers.flatMap((a) => answerWays(step, a)), { ops: stale }]),
      'signed-on': heard(true, dateWays(step)),
      back: heard(true, [
        {
          guard: ({ context }) => context.path.length === 0,
          ops: [world.tell('first-step'), ...look],
        },
        ...backWays,
      ]),
      stuck: heard(true, [
        {
          guard: noProblems,
          target: '.step',
          ops: [world.saidStuck, world.call('asked-for-help', 'employee'), world.show('here')],
        },
        { target: '.problems', ops: [world.saidStuck, world.show('here')] },
      ]),
      problem: heard(true, [
        { guard: knownProblem, target: '.help', ops: [world.openProblem(), world.show('here')] },
        { ops: stale },
      ]),
      'to-step': heard(true, [{ target: '.step', ops: [world.toStep, world.show('here')] }]),
      solved: heard(true, [
        ...leadsAway,
        { target: '.step', ops: [world.settleHere, world.unstick, world.show('here')] },
      ]),
      'still-stuck': heard(true, callWays('other-problem', 'problem')),
      human: heard(true, callWays('asked-for-help', 'employee')),
      resolve: [
        {
          guard: isOpen,
          target: '.step',
          actions: act(flow, true, [world.resolve(true), world.resumeAfterHelp, world.show('anew')]),
        },
      ],
    };
  }

  const backToStep: Ways = {
    back: heard(true, [{ target: 'step', ops: [world.toStep, world.show('here')] }]),
  };
  const stepStates = Object.fromEntries(
    flow.steps.map((step) => [
      step.id,
      {
        id: `step:${step.id}`,
        initial: 'step',
        on: stepOn(step),
        states: { step: {}, problems: { on: backToStep }, help: { on: backToStep } },
      },
    ]),
  );

  const looks = (active: boolean, greets: boolean, ...types: string[]): Ways =>
    Object.fromEntries(types.map((type) => [type, heard(active, [{ ops: look }], greets)]));
  const all = ['start', 'start-again', 'show', 'done', 'answer', 'signed-on', 'back', 'stuck', 'problem'];
  const rest = ['to-step', 'solved', 'still-stuck', 'human', 'pause', 'resume', 'snooze'];
  const listens = (active: boolean): Ways => ({ heard: heard(active, [{ ops: [] }]) });

  const isDue: Test = ({ context, event }) => context.timer !== null && context.timer.at <= event.now.at;
  const claims: Ways = { claim: [{ actions: act(flow, false, [world.claim]) }] };
  const settledBeside: Ways = {
    resolve: [{ guard: isOpen, actions: act(flow, false, [world.resolve(false)]) }],
  };
  const askBeside = heard(false, [{ ops: [world.askBeside, ...look] }], false);
  const takeUp = { target: '#active.before', stays: true, ops: [world.takeUp, world.show('anew')] };
  const callWhileResting = [{ ops: [world.call('asked-for-help', 'employee'), world.show('here')] }];
  const resting = {
    ...looks(false, true, ...all, ...rest),
    ...listens(false),
    ...claims,
    start: heard(false, [takeUp]),
    resume: heard(false, [takeUp]),
    human: heard(false, callWhileResting),
    back: heard(false, [
      { guard: ({ context }) => context.path.length === 0, ops: [world.tell('first-step'), ...look] },
      ...backWays,
    ]),
  };
  const pauses = heard(true, [{ target: '#paused', stays: false, ops: [world.pause, world.show('here')] }]);

  const first = newJourney(flow, at);
  const entrances = flow.steps
    .filter((s) => !s.detour)
    .map((s) => ({
      guard: exists(s.when),
      target: stepNode(s.id),
      stays: true,
      ops: [world.begin, world.arriveAt(s.id), world.show('anew')],
    }));

  return createMachine({
    types: {} as { context: Context; events: Happening; actions: world.Output },
    id: flow.id,
    context: contextOf(first),
    initial: 'new',
    states: {
      new: {
        on: {
          ...looks(false, false, ...all, ...rest),
          ...listens(false),
          ...claims,
          ...settledBeside,
          start: heard(false, entrances, false),
          human: askBeside,
        },
      },
      active: {
        id: 'active',
        initial: first.step,
        on: {
          ...looks(true, true, 'start', 'resume', 'show', 'start-again'),
          ...listens(true),
          ...claims,
          pause: pauses,
          snooze: heard(true, [{ ops: [world.snooze, world.tell('snoozed')] }]),
          timer: [{ actions: act(flow, true, [world.watchDeadline, world.silence]) }],
        },
        states: { ...stepStates, before: { type: 'history', history: 'shallow' } },
      },
      paused: {
        id: 'paused',
        on: {
          ...resting,
          timer: [{ actions: act(flow, false, [world.watchDeadline]) }],
          ...settledBeside,
        },
      },
      waiting: {
        id: 'waiting',
        on: {
          ...resting,
          pause: heard(false, [{ target: '#paused', ops: [world.pause, world.show('here')] }]),
          timer: [
            {
              guard: isDue,
              target: '#active.before',
              actions: act(flow, true, [
                world.watchDeadline,
                world.sayWaitOver,
                world.takeUp,
                world.show('anew'),
              ]),
            },
            { actions: act(flow, false, [world.watchDeadline]) },
          ],
          resolve: [
            {
              guard: isOpen,
              target: '#active.before',
              actions: act(flow, true, [world.resolve(true), world.resumeAfterHelp, world.show('anew')]),
            },
          ],
        },
      },
      done: {
        id: 'done',
        on: {
          ...looks(false, false, ...all, ...rest),
          ...listens(false),
          ...claims,
          ...settledBeside,
          back: heard(false, backWays, false),
          human: askBeside,
          stuck: askBeside,
        },
      },
    },
  });
}

const day = 86_400_000;
const isOpen: Test = ({ context, event }) => context.escalations.some((e) => e.id === event.escalation);

function contextOf({
  v: _v,
  flow: _flow,
  version: _version,
  status: _status,
  view: _view,
  ...rest
}: JourneyState): Context {
  return { ...rest, problem: null };
}

export type Snapshot = SnapshotFrom<ReturnType<typeof machineOf>>;

/** A snapshot of the machine, as the state that `decide` gives. */
export function stateOf(flow: Flow, { value, context }: Snapshot): JourneyState {
  if (typeof value !== 'string') {
    const [inside] = Object.values(value.active ?? {});
    if (inside === 'step' || inside === 'problems' || inside === 'help')
      return world.asState(flow, context, 'active', inside);
  } else if (value === 'new' || value === 'paused' || value === 'waiting' || value === 'done') {
    return world.asState(flow, context, value, 'step');
  }
  throw new Error(`The machine is in ${JSON.stringify(value)}, which is no state of a journey.`);
}
