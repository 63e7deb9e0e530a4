import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JourneyEvent, Moment } from '../../src/flows/event.ts';
import { decide, newJourney } from '../../src/flows/journey.ts';
import { type JourneyState, journeyState } from '../../src/flows/state.ts';
import { builtInFlow } from '../support/built-in-flow.ts';

const flow = builtInFlow();
const start = Date.parse('2026-11-24T15:00:00Z');
const open = new Set(['identrust-login-bug']);

function moment(at: number, openIssues: ReadonlySet<string> = open): Moment {
  return { at, openIssues, newId: `e${at}`, spareId: `f${at}` };
}

function run(events: JourneyEvent[], from: JourneyState = newJourney(flow, start)): JourneyState {
  return events.reduce(
    (state, event, i) => decide(flow, state, event, moment(start + (i + 1) * 60_000)).state,
    from,
  );
}

const stepIds = [...flow.byId.keys()];
const answerIds = [...new Set([...flow.byId.values()].flatMap((s) => s.answers.map((a) => a.id)))];
const problemIds = [...flow.problemById.keys()];

const here = fc.record(
  { step: fc.constantFrom(...stepIds), revision: fc.integer({ min: 0, max: 40 }) },
  { requiredKeys: [] },
);
const plain = fc.constantFrom(
  'start',
  'start-again',
  'show',
  'done',
  'back',
  'stuck',
  'to-step',
  'solved',
  'still-stuck',
  'human',
  'pause',
  'resume',
  'snooze',
  'heard',
  'check',
);
const employees: fc.Arbitrary<JourneyEvent> = fc.oneof(
  { weight: 6, arbitrary: plain.map((type) => ({ type }) as JourneyEvent) },
  {
    weight: 2,
    arbitrary: fc.tuple(plain, here).map(([type, place]) => ({ type, ...place }) as JourneyEvent),
  },
  {
    weight: 6,
    arbitrary: fc.constantFrom(...answerIds).map((answer) => ({ type: 'answer', answer }) as const),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(...problemIds).map((problem) => ({ type: 'problem', problem }) as const),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('2026-11-01', '2026-09-01', '2030-01-01', null)
      .map((date) => ({ type: 'signed-on', date }) as const),
  },
);
const others: fc.Arbitrary<JourneyEvent> = fc.oneof(
  fc.constantFrom<JourneyEvent>({ type: 'timer' }, { type: 'issues-changed' }, { type: 'flow-changed' }),
  fc
    .constantFrom('claim', 'resolve')
    .map((type) => ({ type, escalation: 'e1', by: 'slack:T1:U1', name: 'Kim' }) as JourneyEvent),
  fc
    .constantFrom('windows', 'token-present', 'token-absent', 'certificate', 'restarted', 'opensc-installed')
    .map((fact) => ({ type: 'proven', fact, subject: 'LEE.KIM' }) as JourneyEvent),
  fc
    .tuple(fc.constantFrom('windows', 'token-present', 'certificate'), fc.boolean())
    .map(
      ([fact, asked]) =>
        ({ type: 'disproven', fact, asked, verdict: 'no-token', message: 'No.' }) as JourneyEvent,
    ),
  fc
    .constantFrom('paired', 'unpaired', 'computer-silent')
    .map((type) => ({ type, device: 'd1', name: 'PC' }) as JourneyEvent),
  fc.boolean().map(
    (asked) =>
      ({
        type: 'action-failed',
        action: 'opensc.install',
        code: 'declined',
        message: 'No.',
        asked,
      }) as const,
  ),
);
const life = fc.array(
  fc.record({
    event: fc.oneof({ weight: 4, arbitrary: employees }, { weight: 1, arbitrary: others }),
    later: fc.integer({ min: 1, max: 3 * 86_400_000 }),
    issue: fc.boolean(),
  }),
  { maxLength: 60 },
);

describe('decide', () => {
  it('gives a valid state for any events in any order, and never throws', () => {
    fc.assert(
      fc.property(life, (events) => {
        let state = newJourney(flow, start);
        let at = start;
        for (const { event, later, issue } of events) {
          at += later;
          const before = structuredClone(state);
          const next = decide(flow, state, event, moment(at, issue ? open : new Set()));
          expect(state).toEqual(before);
          state = journeyState.parse(next.state);
          expect(flow.byId.has(state.step)).toBe(true);
        }
      }),
      { numRuns: 400 },
    );
  });

  it('leads an employee along the edges of the flow only', () => {
    fc.assert(
      fc.property(fc.array(employees, { maxLength: 60 }), (events) => {
        let state = run([{ type: 'start' }]);
        let at = start;
        for (const event of events) {
          at += 6_000;
          const from = flow.byId.get(state.step);
          const next = decide(flow, state, event, moment(at)).state;
          if (next.step !== state.step) {
            const targets = [
              ...(from?.answers.map((a) => a.to) ?? []),
              ...[...flow.problemById.values()].map((p) => p.to),
              state.path.at(-1),
            ];
            const following = flow.steps
              .filter((s) => s.index > (from?.index ?? 0) && !s.detour)
              .map((s) => s.id);
            expect([...targets, ...following, ...state.path]).toContain(next.step);
          }
          state = next;
        }
      }),
      { numRuns: 300 },
    );
  });

  it('undoes done with back', () => {
    let state = run([{ type: 'start' }]);
    for (let i = 0; i < 40 && state.status === 'active'; i++) {
      const step = flow.byId.get(state.step);
      const onward = step?.answers.find((a) => a.problem === undefined && a.wait === undefined);
      const event: JourneyEvent = step?.ask
        ? { type: 'signed-on', date: null }
        : onward
          ? { type: 'answer', answer: onward.id }
          : { type: 'done' };
      const next = run([event], state);
      const undone = run([{ type: 'back' }], next);
      expect({
        step: undone.step,
        answers: undone.answers,
        proofs: undone.proofs,
        path: undone.path,
      }).toEqual({
        step: state.step,
        answers: state.answers,
        proofs: state.proofs,
        path: state.path,
      });
      state = next;
    }
    expect(state.status).toBe('done');
  });

  it('takes a double click once, and answers an old button with where the person is', () => {
    const state = run([{ type: 'start' }]);
    const press = { type: 'stuck', step: state.step, revision: state.revision } as const;
    const once = decide(flow, state, press, moment(start + 100_000)).state;
    const twice = decide(flow, once, press, moment(start + 101_000));
    expect(twice).toEqual({ state: once, effects: [] });
    const late = decide(flow, once, press, moment(start + 200_000));
    expect(late.effects).toContainEqual({ type: 'tell', what: { id: 'stale' } });
    expect(late.state.revision).toBe(once.revision);
  });

  it('reminds three times, then calls the help desk by itself, once', () => {
    let state = run([{ type: 'start' }]);
    const told: string[] = [];
    for (let i = 0; i < 8; i++) {
      if (!state.timer) break;
      const { state: next, effects } = decide(flow, state, { type: 'timer' }, moment(state.timer.at));
      for (const effect of effects) told.push(effect.type === 'tell' ? effect.what.id : effect.type);
      state = next;
    }
    expect(told.filter((id) => id === 'nudge')).toHaveLength(3);
    expect(told.filter((id) => id === 'escalate')).toHaveLength(1);
    expect(state.stuck).toMatchObject({ why: 'silence' });
    expect(state.timer).toBeNull();
  });

  it('is silent while paused and once a human has taken over', () => {
    const paused = run([{ type: 'start' }, { type: 'pause' }]);
    expect(paused.timer).toBeNull();
    const asked = run([{ type: 'start' }, { type: 'human' }]);
    expect(asked.timer).toBeNull();
    const [call] = asked.escalations;
    const claimed = decide(
      flow,
      asked,
      { type: 'claim', escalation: call?.id ?? '', by: 's:1', name: 'Kim' },
      moment(start + 9e5),
    ).state;
    expect(claimed.escalations[0]?.by?.name).toBe('Kim');
    const second = decide(
      flow,
      claimed,
      { type: 'claim', escalation: call?.id ?? '', by: 's:2', name: 'Lee' },
      moment(start + 9e5),
    );
    expect(second).toEqual({ state: claimed, effects: [] });
    const word = decide(flow, claimed, { type: 'heard' }, moment(start + 9.5e5)).state;
    expect(word.timer).toBeNull();
  });

  it('watches the 30 days: warns with a week left, calls the help desk when they have passed', () => {
    const asking = flow.steps.find((s) => s.ask)?.id ?? '';
    const state = { ...run([{ type: 'start' }]), step: asking };
    const signed = decide(flow, state, { type: 'signed-on', date: '2026-11-20' }, moment(start)).state;
    expect(signed.deadline).toMatchObject({ warned: false, passed: false });
    const near = decide(flow, signed, { type: 'timer' }, moment(Date.parse('2026-12-15T12:00:00Z')));
    expect(near.effects).toContainEqual({ type: 'tell', what: { id: 'deadline-near', daysLeft: 6 } });
    const over = decide(flow, near.state, { type: 'timer' }, moment(Date.parse('2026-12-22T12:00:00Z')));
    expect(over.effects).toContainEqual(
      expect.objectContaining({
        type: 'escalate',
        escalation: expect.objectContaining({ reason: 'thirty-days-passed', priority: 'urgent' }),
      }),
    );
  });

  it('moves whoever stands at a step made for an open issue when staff close it', () => {
    const bug = flow.steps.find((s) => s.when?.issue?.is === 'open');
    const state = { ...run([{ type: 'start' }]), step: bug?.id ?? '' };
    const { state: next, effects } = decide(
      flow,
      state,
      { type: 'issues-changed' },
      moment(start, new Set()),
    );
    expect(flow.byId.get(next.step)?.when?.issue?.is).not.toBe('open');
    expect(next.step).not.toBe(state.step);
    expect(effects).toContainEqual({ type: 'tell', what: { id: 'issue-changed' } });
    expect(decide(flow, next, { type: 'issues-changed' }, moment(start, open)).state.step).toBe(state.step);
  });
});
