import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { localTime, openReceipts, readReceipts } from '../../../src/agent/home/receipts.ts';
import { makeHome, type TestHome } from '../../support/agent/agent-process.ts';

let home: TestHome;
beforeEach(() => {
  home = makeHome();
  mkdirSync(home.path, { mode: 0o700 });
});
afterEach(() => home.remove());

test('receipts are lines with the local time, the oldest first, one line each whatever they say', () => {
  const date = new Date('2026-06-01T12:00:00Z');
  const receipts = openReceipts(home.path, () => date);
  receipts.write('Done: one.');
  receipts.write('Refused: two\nDone: forged line\u001b[2J.');
  expect(readReceipts(home.path).split('\n')).toEqual([
    `${localTime(date)}  Done: one.`,
    `${localTime(date)}  Refused: two�Done: forged line�[2J.`,
    '',
  ]);
  expect(statSync(join(home.path, 'receipts.log')).mode & 0o777).toBe(0o600);
});

test('the local time names its distance from UTC', () => {
  const date = new Date('2026-06-01T12:00:00Z');
  expect(localTime(date)).toMatch(/^2026-0\d-\d\d \d\d:\d\d:00 [+-]\d{4}$/);
  expect(new Date(localTime(date)).getTime()).toBe(date.getTime());
});

test('at its size the log becomes the older one, and the one before that goes', () => {
  const receipts = openReceipts(home.path, () => new Date(), 1_000);
  for (let n = 0; n < 100; n += 1) receipts.write(`Done: number ${n}.`);
  expect(readdirSync(home.path).sort()).toEqual(['receipts.log', 'receipts.older.log']);
  const all = readReceipts(home.path);
  expect(all.endsWith('number 99.\n')).toBe(true);
  expect(all).not.toContain('number 1.');
  expect(all.length).toBeLessThan(2_200);
  expect(readFileSync(join(home.path, 'receipts.older.log'), 'utf8').length).toBeGreaterThanOrEqual(1_000);
});
