import type { Flow } from '../../src/flows/compiled.ts';
import type { JourneyEvent, Moment } from '../../src/flows/event.ts';
import { decide, newJourney } from '../../src/flows/journey.ts';
import type { JourneyState } from '../../src/flows/state.ts';

/** A life of one journey: what happened, and when. */
export type Walk = readonly { event: JourneyEvent; now: Moment }[];

/** When all walks begin; ms since 1970. */
export const beginning = Date.parse('2026-11-24T15:00:00Z');

const minute = 60_000;

/** Numbers from 0 to below 1, the same ones for the same seed (mulberry32). */
export function numbers(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Somebody who mostly goes on, gets stuck now and then, and to whom time and the help desk happen too. */
export function walkOf(flow: Flow, seed: number, length: number): Walk {
  const random = numbers(seed);
  const pick = <T>(from: readonly T[]): T | undefined => from[Math.floor(random() * from.length)];
  const walk: { event: JourneyEvent; now: Moment }[] = [];
  // Every other journey meets the flow's known issues closed.
  const openIssues = new Set(seed % 2 === 0 ? flow.issues.map((issue) => issue.id) : []);
  let state = newJourney(flow, beginning);
  let at = beginning;
  for (let i = 0; i < length; i++) {
    const event = i === 0 ? ({ type: 'start' } as const) : next(flow, state, random, pick);
    at +=
      Math.floor(random() ** 4 * (random() < 0.1 ? 4 * 24 * 60 : 30) * minute) +
      (random() < 0.1 ? 1 : 10_000);
    const now: Moment = { at, openIssues, newId: `e${i}`, spareId: `f${i}` };
    walk.push({ event, now });
    state = decide(flow, state, event, now).state;
  }
  return walk;
}

type Pick = <T>(from: readonly T[]) => T | undefined;

function next(flow: Flow, state: JourneyState, random: () => number, pick: Pick): JourneyEvent {
  const event = random() < 0.6 ? forward(flow, state, pick) : anything(flow, state, random, pick);
  // Half of what is pressed comes from a button, and some buttons are old.
  const pressed = 'type' in event && !spoken.has(event.type) && random() < 0.5;
  const revision = random() < 0.1 ? Math.max(0, state.revision - 1) : state.revision;
  return pressed ? ({ ...event, step: state.step, revision } as JourneyEvent) : event;
}

/** Events without a button of their own. */
const spoken = new Set<string>(['start', 'show', 'heard', 'timer', 'claim', 'resolve']);

function forward(flow: Flow, state: JourneyState, pick: Pick): JourneyEvent {
  if (state.status === 'paused' || state.status === 'waiting') return { type: 'resume' };
  if (state.view.at === 'help') return { type: 'solved' };
  const step = flow.byId.get(state.step);
  if (step?.ask) return { type: 'signed-on', date: pick(['2026-11-20', '2026-10-30', null]) ?? null };
  const answer = pick(step?.answers ?? []);
  return answer ? { type: 'answer', answer: answer.id } : { type: 'done' };
}

function anything(flow: Flow, state: JourneyState, random: () => number, pick: Pick): JourneyEvent {
  const by = { by: 'slack:T1:U1', name: 'Kim' };
  const escalation = pick(state.escalations)?.id ?? 'e0';
  const dice = random();
  if (dice < 0.15) return { type: 'timer' };
  if (dice < 0.25) return { type: random() < 0.5 ? 'claim' : 'resolve', escalation, ...by };
  if (dice < 0.4) return { type: 'problem', problem: pick([...flow.problemById.keys(), 'no-such']) ?? '' };
  if (dice < 0.45) return { type: 'answer', answer: pick(['yes', 'no', 'no-such']) ?? '' };
  if (dice < 0.5)
    return { type: 'signed-on', date: pick(['2026-11-01', '2026-09-01', '2030-01-01']) ?? null };
  const type = pick([
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
  ] as const);
  return { type: type ?? 'show' };
}
