import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openJournal } from '../../../src/agent/home/journal.ts';
import { type Command, clockTolerance } from '../../../src/agent/protocol.ts';
import { makeHome, type TestHome } from '../../support/agent/agent-process.ts';

let home: TestHome;
let now = Date.UTC(2026, 5, 1, 12);
const device = randomUUID();
const broken: string[] = [];

beforeEach(() => {
  home = makeHome();
  mkdirSync(home.path, { mode: 0o700 });
  now = Date.UTC(2026, 5, 1, 12);
  broken.length = 0;
});
afterEach(() => home.remove());

const open = (forDevice = device) =>
  openJournal({
    remembered: 5,
    home: home.path,
    device: forDevice,
    mode: 'look',
    clock: () => new Date(now),
    onBroken: (path) => broken.push(path),
  });

const command = (sequence: number, task = randomUUID()): Command => ({
  task,
  device,
  sequence,
  nonce: String(sequence).padStart(22, 'n'),
  action: 'system.inspect',
  parameters: {},
  issuedAt: now,
  expiresAt: now + 60_000,
});

test("what was asked is known to the next start, and the file is its owner's only", () => {
  const one = command(7);
  open().accept(one);
  const again = open();
  expect([again.sequence, again.isUsed(one.nonce), again.find(one.task)?.state]).toEqual([
    7,
    true,
    'accepted',
  ]);
  expect(statSync(join(home.path, 'tasks.json')).mode & 0o777).toBe(0o600);
  expect(readdirSync(home.path)).toEqual(['tasks.json']);
});

test('an outcome is kept until it is taken; that the task was done is kept longer', () => {
  const journal = open();
  const one = command(1);
  journal.accept(one);
  journal.end(one.task, { status: 'declined' });
  expect(open().tasks('ended')).toMatchObject([{ task: one.task, outcome: { status: 'declined' } }]);
  journal.taken(one.task);
  expect(open().find(one.task)).toMatchObject({ state: 'taken', outcome: null });
});

test('only an ended task can be taken', () => {
  const journal = open();
  const one = command(1);
  journal.accept(one);
  journal.taken(one.task);
  expect(journal.find(one.task)?.state).toBe('accepted');
});

test('nonces are forgotten when nothing can be accepted with them any more, and so are taken tasks, the oldest first', () => {
  const journal = open();
  const tasks = Array.from({ length: 8 }, (_, n) => command(n + 1));
  for (const one of tasks) {
    journal.accept(one, { status: 'declined' });
    journal.taken(one.task);
  }
  journal.heard(command(600));
  expect([journal.find(tasks[2]?.task ?? ''), journal.find(tasks[3]?.task ?? '')?.state]).toEqual([
    null,
    'taken',
  ]);
  now += 60_000 + clockTolerance;
  expect(journal.isUsed(command(3).nonce)).toBe(true);
  now += clockTolerance + 1;
  journal.heard(command(601));
  expect(journal.isUsed(command(3).nonce)).toBe(false);
});

test('a server that never takes its answers cannot fill the disk', () => {
  const journal = open();
  const huge = (n: number): Command => ({ ...command(n), parameters: 'x'.repeat(100_000) });
  for (let n = 1; n <= 510; n += 1) journal.accept(huge(n), { status: 'declined' });
  expect(journal.tasks('ended')).toHaveLength(500);
  expect(statSync(join(home.path, 'tasks.json')).size).toBeLessThan(300_000);
});

test('the sequence never goes back, nor does the word of the organisation', () => {
  const journal = open();
  journal.accept(command(9));
  journal.heard(command(4));
  expect(journal.sequence).toBe(9);
  expect([journal.hear('off', 100), journal.hear('change', 99), open().mode]).toEqual([true, false, 'off']);
  expect([journal.hear('change', 101), open().mode]).toEqual([true, 'change']);
});

test.each(['', '{', '{"v":1}', '[]'])(
  'a damaged file (%j) is set aside, and nothing older is accepted after it',
  (text) => {
    writeFileSync(join(home.path, 'tasks.json'), text);
    const journal = open();
    expect(broken).toHaveLength(1);
    expect(readFileSync(broken[0] ?? '', 'utf8')).toBe(text);
    expect([journal.notBefore, open().notBefore, journal.sequence]).toEqual([now, now, 0]);
  },
);

test("the journal of another pairing is not this one's", () => {
  open().accept(command(5));
  expect(open(randomUUID()).sequence).toBe(0);
});
