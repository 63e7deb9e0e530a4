import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sameTrace, sidesOf } from '../../bench/decide/compare.ts';
import { machineOf } from '../../bench/decide/machine.ts';
import { beginning, walkOf } from '../../bench/decide/walks.ts';
import { builtInFlow } from '../support/built-in-flow.ts';

const flow = builtInFlow();
const machine = machineOf(flow, beginning);

describe('the flow as an xstate machine', () => {
  it('goes the same way as decide with the same effects, whatever happens', () => {
    const visited = new Set<string>();
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 31 }), fc.integer({ min: 1, max: 60 }), (seed, length) => {
        for (const step of sameTrace(flow, walkOf(flow, seed, length), machine)) visited.add(step);
      }),
      { numRuns: 150 },
    );
    // Walks that stay at the first steps would prove little.
    expect(visited.size).toBeGreaterThan(flow.steps.length / 2);
  });

  it('is not compared when it goes another way', () => {
    const walk = walkOf(flow, 1, 60);
    const other = machineOf({ ...flow, nudges: ['1h', '2h', '3h'] }, beginning);
    expect(() => sameTrace(flow, walk, other)).toThrow(/decide and xstate part at event 0/);
  });

  it('is timed over the same work: as many effects on both sides', () => {
    const sides = sidesOf(flow);
    for (const seed of [1, 2, 3]) {
      const walk = walkOf(flow, seed, 60);
      expect(sides.xstate(walk)).toBe(sides.ours(walk));
      expect(sides.ours(walk)).toBeGreaterThan(30);
    }
  });
});
