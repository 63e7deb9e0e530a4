import { expect, it } from 'vitest';
import { median, quantile, tableOf } from '../../bench/report.ts';

it('takes quantiles that were measured, not made up between two', () => {
  const hundred = Array.from({ length: 100 }, (_, i) => 100 - i);
  expect([median(hundred), quantile(hundred, 0.99), quantile(hundred, 1), quantile([7], 0.01)]).toEqual([
    50, 99, 100, 7,
  ]);
});

it('shows a missed goal as missed', () => {
  const table = tableOf([
    { name: 'start', ours: 2.5, unit: 's', goal: 'under 2 s', met: false },
    {
      name: 'decisions',
      ours: 123456,
      peer: { name: 'xstate', value: 9000 },
      unit: '1/s',
      goal: 'ahead',
      met: true,
    },
    { name: 'memory', ours: 150.4, unit: 'MB' },
  ]);
  expect(table.split('\n').map((line) => line.split('|').map((cell) => cell.trim()))).toEqual([
    ['', 'what', 'ecadesk', 'beside it', 'unit', 'goal', '', ''],
    expect.anything(),
    ['', 'start', '2.50', '', 's', 'under 2 s', 'missed', ''],
    ['', 'decisions', '123,456', '9,000 (xstate)', '1/s', 'ahead', 'met', ''],
    ['', 'memory', '150', '', 'MB', '', '', ''],
  ]);
});
