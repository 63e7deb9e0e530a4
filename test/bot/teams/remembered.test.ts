import { expect, it } from 'vitest';
import { remembered } from '../../../src/bot/teams/remembered.ts';

it('makes a result once, forgets all when there are too many, and keeps no long text', () => {
  const made: string[] = [];
  const lengthOf = remembered((text) => {
    made.push(text);
    return text.length;
  }, 2);
  expect(['a', 'a', 'bb', 'a', 'ccc', 'a'].map(lengthOf)).toEqual([1, 1, 2, 1, 3, 1]);
  expect(made).toEqual(['a', 'bb', 'ccc', 'a']);
  const long = 'x'.repeat(5_000);
  expect([lengthOf(long), lengthOf(long)]).toEqual([5_000, 5_000]);
  expect(made.filter((text) => text === long)).toHaveLength(2);
});

it('remembers a result that is null or undefined, too', () => {
  let made = 0;
  const nothing = remembered(() => void made++, 5);
  nothing('a');
  nothing('a');
  expect(made).toBe(1);
});
