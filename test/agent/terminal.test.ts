import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openTerminal, type Terminal } from '../../src/agent/terminal/terminal.ts';

let input: PassThrough;
let terminal: Terminal;
let printed: string[];
let others: string[];

beforeEach(() => {
  input = new PassThrough();
  printed = [];
  others = [];
  terminal = openTerminal(input, (text) => printed.push(text));
  terminal.onLine((text) => {
    others.push(text);
  });
});
afterEach(() => terminal.close());

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

test('what was typed before the question is no answer to it', async () => {
  input.write('yes\n');
  await until(() => others.length === 1);
  const answer = terminal.ask('Really?', 60_000);
  await until(() => printed.length === 1);
  input.write('no\n');
  expect([await answer, others, printed]).toEqual([{ kind: 'line', text: 'no' }, ['yes'], ['Really?']]);
});

test('one question at a time; each has its own answer', async () => {
  const first = terminal.ask('One?', 60_000);
  const second = terminal.ask('Two?', 60_000);
  await until(() => printed.length > 0);
  expect(printed).toEqual(['One?']);
  input.write('1\n');
  expect(await first).toEqual({ kind: 'line', text: '1' });
  await until(() => printed.includes('Two?'));
  input.write('2\n');
  expect(await second).toEqual({ kind: 'line', text: '2' });
});

test('what is typed after a question is over is no answer to it', async () => {
  expect(await terminal.ask('One?', 10)).toEqual({ kind: 'silence' });
  input.write('late\n');
  await until(() => others.length === 1);
  expect(others).toEqual(['late']);
});

test('nobody can answer a closed terminal, nor a question that was taken back', async () => {
  const stop = new AbortController();
  const asked = terminal.ask('One?', 60_000, stop.signal);
  await until(() => printed.length === 1);
  stop.abort();
  expect(await asked).toEqual({ kind: 'closed' });
  const open = terminal.ask('Two?', 60_000);
  input.end();
  expect(await open).toEqual({ kind: 'closed' });
  expect(await terminal.ask('Three?', 60_000)).toEqual({ kind: 'closed' });
  expect(printed).not.toContain('Three?');
});
