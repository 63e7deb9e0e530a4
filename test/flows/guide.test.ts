import { describe, expect, it } from 'vitest';
import { builtInFlow } from '../support/built-in-flow.ts';

/** Every row of the guide, with words that its step must carry. */
const rows: [row: string, words: RegExp][] = [
  ['0a', /mac/i],
  ['0b', /usb-a/i],
  ['1', /windows/i],
  ['2', /opensc/i],
  ['3', /downloads/i],
  ['4', /install/i],
  ['5', /typical/i],
  ['6', /restart/i],
  ['7', /log|sign/i],
  ['8', /Your IdenTrust-Issued DoD ECA Certificate is Ready! Retrieve it Today/],
  ['9', /open/i],
  ['10', /identrust\.com\/install/i],
  ['11', /I.m Ready - Please Check if my System is Ready/],
  ['12', /activation code/i],
  ['13', /account number/i],
  ['14', /I forgot my password/i],
];

describe('the built-in flow', () => {
  const flow = builtInFlow();

  it.each(rows)('carries row %s of the guide', (row, words) => {
    const steps = flow.steps.filter((step) => step.guide.includes(row));
    const text = steps.map((s) => [s.title, s.body, ...s.answers.map((a) => a.label)].join('\n')).join('\n');
    expect(text).toMatch(words);
  });

  it('keeps the order of the guide', () => {
    const first = rows.slice(3).map(([row]) => flow.steps.findIndex((step) => step.guide.includes(row)));
    expect(first).toEqual([...first].sort((a, b) => a - b));
  });

  it('leaves OpenSC to IT where the organisation says so', () => {
    const byIt = builtInFlow({ 'opensc-by-it': true });
    const installs = (f: typeof flow) => f.steps.filter((step) => step.actions.includes('opensc.install'));
    expect(installs(flow).length).toBeGreaterThan(0);
    expect(installs(byIt)).toEqual([]);
    expect(byIt.steps.length).toBeLessThan(flow.steps.length);
  });
});
