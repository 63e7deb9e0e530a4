import { isDeepStrictEqual } from 'node:util';
import { initialTransition, transition } from 'xstate';
import type { Flow } from '../../src/flows/compiled.ts';
import { decide, newJourney } from '../../src/flows/journey.ts';
import { machineOf, stateOf } from './machine.ts';
import { beginning, type Walk } from './walks.ts';

/** Both sides of the comparison, each taking a whole walk. */
export interface Sides {
  ours(walk: Walk): number;
  xstate(walk: Walk): number;
}

/** Gives how many effects there were, so that nothing of the work can be left out. */
export function sidesOf(flow: Flow): Sides {
  const machine = machineOf(flow, beginning);
  return {
    ours(walk) {
      let state = newJourney(flow, beginning);
      let effects = 0;
      for (const { event, now } of walk) {
        const decision = decide(flow, state, event, now);
        state = decision.state;
        effects += decision.effects.length;
      }
      return effects;
    },
    xstate(walk) {
      let [snapshot] = initialTransition(machine);
      let effects = 0;
      for (const { event, now } of walk) {
        const [after, actions] = transition(machine, snapshot, { ...event, now });
        snapshot = after;
        effects += actions.length;
      }
      return effects;
    },
  };
}

/**
 * Takes both along one walk.
 * @returns the steps that were visited
 * @throws where they part, with the event and what each made of it
 */
export function sameTrace(flow: Flow, walk: Walk, machine = machineOf(flow, beginning)): string[] {
  let state = newJourney(flow, beginning);
  let [snapshot] = initialTransition(machine);
  const trace: string[] = [];
  for (const [i, { event, now }] of walk.entries()) {
    const ours = decide(flow, state, event, now);
    const [after, actions] = transition(machine, snapshot, { ...event, now });
    const effects = actions.map(({ type, params }) => ({ type, ...params }));
    const theirs = { state: stateOf(flow, after), effects };
    if (!isDeepStrictEqual(ours, theirs)) {
      const say = (value: unknown) => JSON.stringify(value, null, 1);
      throw new Error(
        `decide and xstate part at event ${i}, ${say(event)} in ${say(state)}:\n${say(ours)}\n${say(theirs)}`,
      );
    }
    state = ours.state;
    snapshot = after;
    trace.push(state.step);
  }
  return trace;
}
