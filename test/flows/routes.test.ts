import { describe, expect, it } from 'vitest';
import type { Flow, FlowStep } from '../../src/flows/compiled.ts';
import type { JourneyEvent } from '../../src/flows/event.ts';
import { answersOf, holds, problemsOf } from '../../src/flows/journey/graph.ts';
import { decide, newJourney } from '../../src/flows/journey.ts';
import type { JourneyState } from '../../src/flows/state.ts';
import { builtInFlow } from '../support/built-in-flow.ts';

const start = Date.parse('2026-11-24T15:00:00Z');

/** What an employee can press at a step: Done, each answer, "I don't know", and each problem that then is solved. */
function presses(flow: Flow, step: FlowStep, open: ReadonlySet<string>): JourneyEvent[][] {
  return [
    [{ type: 'done' }],
    [{ type: 'signed-on', date: null }],
    ...answersOf(step, open).map((a): JourneyEvent[] => [{ type: 'answer', answer: a.id }]),
    ...problemsOf(flow, step, open).map((p): JourneyEvent[] => [
      { type: 'problem', problem: p.id },
      { type: 'solved' },
    ]),
  ];
}

/** Every step that presses lead to from the start, as `decide` moves; "end" where the journey is done. */
function walk(flow: Flow, open: ReadonlySet<string>): Set<string> {
  const play = (from: JourneyState, events: JourneyEvent[]): JourneyState =>
    events.reduce((state, event) => decide(flow, state, event, moment).state, from);
  const moment = { at: start, openIssues: open, newId: 'e', spareId: 'f' };
  const begun = play(newJourney(flow, start), [{ type: 'start' }]);
  const seen = new Map([[begun.step, begun]]);
  const found = new Set<string>([begun.step]);
  for (const [id, state] of seen) {
    const step = flow.byId.get(id);
    if (!step) continue;
    for (const events of presses(flow, step, open)) {
      const next = play(state, events);
      found.add(next.status === 'done' ? 'end' : next.step);
      if (next.status === 'active' && !seen.has(next.step)) seen.set(next.step, next);
    }
  }
  return found;
}

describe('every step can be reached, and the end too,', () => {
  for (const byIt of [false, true])
    for (const issue of ['open', 'closed'])
      it(`with OpenSC ${byIt ? 'installed by IT' : 'installed by hand'} and the login bug ${issue}`, () => {
        const flow = builtInFlow({ 'opensc-by-it': byIt });
        const open = new Set(issue === 'open' ? ['identrust-login-bug'] : []);
        const there = flow.steps.filter((s) => holds(s.when, open)).map((s) => s.id);
        expect([...walk(flow, open)].sort()).toEqual([...there, 'end'].sort());
      });
});
