import { builtInFlow } from '../../test/support/built-in-flow.ts';
import { type Measure, median } from '../report.ts';
import { sameTrace, sidesOf } from './compare.ts';
import { walkOf } from './walks.ts';

const walkers = 200;
const events = 50;
const rounds = 9;

/** Decisions a second along the same walks, rounds taken in turn. Nothing is timed before both agree on everything. */
export const measure: Measure = async (say) => {
  const flow = builtInFlow();
  const walks = Array.from({ length: walkers }, (_, seed) => walkOf(flow, seed, events));
  const visited = new Set(walks.flatMap((walk) => sameTrace(flow, walk)));
  say(
    `the same states and effects along ${walkers} walks, over ${visited.size} of ${flow.steps.length} steps`,
  );
  const sides = sidesOf(flow);
  const rate = (side: keyof typeof sides): number => {
    const began = performance.now();
    for (const walk of walks) sides[side](walk);
    return (walkers * events * 1000) / (performance.now() - began);
  };
  const measured = { ours: [] as number[], xstate: [] as number[] };
  rate('ours');
  rate('xstate');
  for (let i = 0; i < rounds; i++) {
    measured.ours.push(rate('ours'));
    measured.xstate.push(rate('xstate'));
  }
  const ours = median(measured.ours);
  const value = median(measured.xstate);
  return {
    rows: [
      {
        name: 'decisions',
        ours,
        peer: { name: 'xstate', value },
        unit: '1/s',
        goal: 'ahead of it',
        met: ours > value,
      },
    ],
    raw: measured,
  };
};
